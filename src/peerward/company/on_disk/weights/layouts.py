"""The headers of files that hold a model's weights."""

import json
import struct

_LAYERS, _PARTS = 32, ("attn.q_proj", "attn.k_proj", "attn.v_proj", "attn.o_proj", "mlp.up_proj", "mlp.down_proj")
_ROW_BYTES = 2048
_SMALLEST_BYTES = 1024


def safetensors_head(size_bytes: int) -> bytes:
    """Length and JSON header of a safetensors file: which tensor lies where, to the last byte. A tiny file has none."""
    if size_bytes < _SMALLEST_BYTES:
        return b""
    # Its length depends on the numbers in it, so it is padded with spaces to a fixed one, as the format allows.
    room = 8192 * 3 if size_bytes > 1 << 18 else 512
    held = size_bytes - 8 - room
    room += held % 2
    held -= held % 2
    names = [f"model.layers.{layer}.{part}.weight" for layer in range(_LAYERS) for part in _PARTS]
    each = held // (len(names) + 1) // _ROW_BYTES * _ROW_BYTES
    tensors: dict[str, object] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name in names if each > 0 else ():
        tensors[name] = {"dtype": "BF16", "shape": [each // _ROW_BYTES, 1024], "data_offsets": [at, at + each]}
        at += each
    tensors["lm_head.weight"] = {"dtype": "BF16", "shape": [(held - at) // 2], "data_offsets": [at, held]}
    text = json.dumps(tensors, separators=(",", ":")).encode()
    if len(text) > room:
        raise AssertionError(f"the header of a safetensors file takes {len(text)} bytes, over {room}")
    return struct.pack("<Q", room) + text.ljust(room)


def gguf_head() -> bytes:
    """The beginning of a GGUF file: version, counts and a few fields."""
    fields = (("general.architecture", "llama"), ("general.name", "release"))
    head = b"GGUF" + struct.pack("<IQQ", 3, 291, len(fields))
    for key, text in fields:
        head += struct.pack("<Q", len(key)) + key.encode() + struct.pack("<IQ", 8, len(text)) + text.encode()
    return head
