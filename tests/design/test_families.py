import pytest

from peerward.design.families import family_of, is_scripted


@pytest.mark.parametrize(
    "model, family",
    [
        ("openai/gpt-5.2", "GPT"),
        ("openai/o4-mini", "GPT"),
        ("google/gemini-3-flash", "Gemini"),
        ("anthropic/claude-opus-4-5", "Claude"),
        ("openrouter/anthropic/claude-haiku-4.5", "Claude"),
        ("openrouter/z-ai/glm-4.7", "GLM"),
        ("openrouter/moonshotai/kimi-k2.5", "Kimi"),
        ("together/deepseek-ai/DeepSeek-V3.1", "DeepSeek"),
        ("vllm/meta-llama/Llama-3.3-70B-Instruct", "Llama"),
        ("openai-api/local/qwen3-8b", "Qwen"),
        ("openai/unheard-of", ""),
        ("scripted/honest", ""),
    ],
)
def test_the_family_is_read_off_the_last_part_of_the_model_string(model: str, family: str) -> None:
    assert family_of(model) == family


def test_scripted_critics_are_told_apart() -> None:
    assert is_scripted("scripted/mixture")
    assert not is_scripted("openai/gpt-5.2")
