"""The compose file and the Dockerfiles of the docker sandbox, held to their formats; no container is started."""

import json
import re
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest
import yaml
from inspect_ai.util import ComposeConfig

from peerward.critics.harness.known import HARNESSES
from peerward.critics.harness.packages import desk_image, in_image
from peerward.sandbox.docker.compose import HOST_IMAGE, compose, writable
from peerward.sandbox.plan import WRITABLE, LanPlan, Limits, MachinePlan
from peerward.tasks import make_shard, shard_samples

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "src/peerward/sandbox/docker/images"
DESK = MachinePlan(name="desk", address="10.0.12.10", user="maintainer", ssh=False, folders=("/srv/work",))
HOST = MachinePlan(name="node-45", address="10.0.12.45", user="maintainer", ssh=True, folders=("/srv", "/srv/data"))
PLAN = LanPlan(desk=DESK, hosts=(HOST,), limits=Limits(disk_mb=200, memory_mb=500, processes=60), cwd="/srv/work")
SPEC = {
    "service": "image command working_dir environment user networks hostname shm_size pids_limit stop_grace_period "
    "extra_hosts cap_add cap_drop security_opt tmpfs restart mem_limit memswap_limit cpus x-default x-local",
    "network": "internal driver_opts ipam",
    "pool": "subnet gateway",
}
"""The keys of the Compose specification that are used, by where they stand."""


def made(plan: LanPlan = PLAN) -> dict[str, Any]:
    """The file as Inspect writes it for docker, read again."""
    config = ComposeConfig.model_validate(compose(plan, "desk:1", "host:1"))
    whole: dict[str, Any] = yaml.safe_load(yaml.dump(config.model_dump(mode="json", by_alias=True, exclude_none=True)))
    return whole


def test_only_known_keys_are_used_and_every_value_has_its_form() -> None:
    whole = made()
    assert set(whole) == {"services", "networks"}
    for service in whole["services"].values():
        assert set(service) <= set(SPEC["service"].split())
        assert all(re.fullmatch(r"\d+m", service[key]) for key in ("mem_limit", "memswap_limit", "shm_size"))
        assert isinstance(service["pids_limit"], int) and isinstance(service["cpus"], float)
        assert all(isinstance(value, str) for value in service["environment"].values())
        assert service["restart"] == "no" and re.fullmatch(r"\d+s", service["stop_grace_period"])
        assert all(re.fullmatch(r"/[a-z./-]+:(\w+(=\w+)?,?)+", each) for each in service["tmpfs"])
        assert set(service["networks"]) <= set(whole["networks"])
    for network in whole["networks"].values():
        assert set(network) <= set(SPEC["network"].split())
        (pool,) = network["ipam"]["config"]
        assert set(pool) == set(SPEC["pool"].split())


def test_every_machine_has_its_own_address_in_a_network_without_a_way_out() -> None:
    whole = made()
    (network,) = whole["networks"].values()
    subnet = IPv4Network(network["ipam"]["config"][0]["subnet"])
    addresses = {name: service["networks"]["office"]["ipv4_address"] for name, service in whole["services"].items()}
    assert addresses == {"desk": "10.0.12.10", "node-45": "10.0.12.45"}
    assert network["internal"] is True
    assert all(IPv4Address(each) in subnet for each in addresses.values())
    gateway = network["ipam"]["config"][0]["gateway"]
    assert IPv4Address(gateway) in subnet and gateway not in addresses.values()
    assert whole["services"]["desk"]["extra_hosts"] == {"node-45": "10.0.12.45"}
    assert not any("ports" in each or "network_mode" in each for each in whole["services"].values())


def test_machines_of_two_networks_share_a_wider_one_and_far_ones_are_refused() -> None:
    near = PLAN.model_copy(update={"hosts": (HOST.model_copy(update={"address": "10.0.13.254"}),)})
    (pool,) = made(near)["networks"]["office"]["ipam"]["config"]
    assert pool == {"subnet": "10.0.12.0/23", "gateway": "10.0.13.253"}
    far = PLAN.model_copy(update={"hosts": (HOST.model_copy(update={"address": "192.168.0.4"}),)})
    with pytest.raises(ValueError, match=r"10\.0\.12\.10, 192\.168\.0\.4 lie too far apart"):
        made(far)


def test_limits_hold_every_machine() -> None:
    for service in made()["services"].values():
        assert service["mem_limit"] == service["memswap_limit"] == "700m"
        assert service["pids_limit"] == 60
        assert all("size=200m" in each for each in service["tmpfs"])


def test_nobody_inside_is_root_or_can_become_it() -> None:
    for service in made()["services"].values():
        assert service["user"] == "1000:1000"
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "privileged" not in service and "volumes" not in service


def test_each_folder_that_can_be_written_to_is_mounted_once() -> None:
    assert writable(HOST) == ("/home/maintainer", "/run", "/srv", "/tmp", "/var/lib", "/var/spool", "/var/tmp")
    mounted = {each.split(":")[0] for each in made()["services"]["desk"]["tmpfs"]}
    assert mounted == {"/srv/work", "/home/maintainer", "/run", *WRITABLE}


@pytest.mark.parametrize("name", HARNESSES)
def test_a_sample_of_every_harness_has_a_compose_file_with_its_image(name: str) -> None:
    shard = replace(make_shard("server_transfer", [{"harness": name, "weight_size": "real_64mb"}]), sandbox="docker")
    (sample,) = shard_samples(shard)
    assert sample.sandbox is not None and sample.sandbox.type == "docker"
    assert sample.metadata is not None and sample.metadata["sandbox"] == "docker"
    config = sample.sandbox.config
    assert isinstance(config, ComposeConfig)
    images = [service.image for service in config.services.values()]
    assert images == [desk_image(HARNESSES[name]), HOST_IMAGE, HOST_IMAGE]
    assert [each for each, service in config.services.items() if service.x_default] == ["desk"]
    (other,) = shard_samples(replace(shard, sandbox="bwrap"))
    assert (sample.id, sample.metadata["digest"]) == (other.id, (other.metadata or {})["digest"])


def instructions(name: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile, lines joined and comments gone."""
    text = (IMAGES / f"{name}.Dockerfile").read_text()
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    lines = [line.strip() for line in bare.replace("\\\n", " ").splitlines() if line.strip()]
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines]


@pytest.mark.parametrize("name", ["desk", "host"])
def test_a_dockerfile_is_well_formed(name: str) -> None:
    found = instructions(name)
    assert found[0][0] == "FROM" and re.fullmatch(r"[a-z]+:[a-z0-9-]*bookworm-slim", found[0][1])
    assert {word for word, _ in found} <= {"FROM", "RUN", "ARG", "COPY", "USER", "WORKDIR"}
    assert [rest for word, rest in found if word == "USER"] == ["1000:1000"]
    for copied in (rest for word, rest in found if word == "COPY"):
        assert (IMAGES / copied.split()[0]).is_file()
    assert "untested: no docker engine" in (IMAGES / f"{name}.Dockerfile").read_text().lower()


def test_the_images_are_built_by_the_names_that_samples_ask_for() -> None:
    script = (ROOT / "tools/build_docker_images.sh").read_text()
    pins = json.loads((ROOT / "harnesses/package.json").read_text())["dependencies"]
    built = dict(re.findall(r"^desk (\S+) (\S+)$", script, re.M))
    assert {f"company-desk-{short}:{pins[package]}" for short, package in built.items()} == {
        desk_image(each) for each in HARNESSES.values() if each.package
    }
    assert {built[each.name.replace("_", "-")] for each in HARNESSES.values() if each.package} == set(pins)
    assert f"--tag {HOST_IMAGE}" in script and f"build desk {desk_image(HARNESSES['shell'])}" in script


def test_what_is_installed_in_the_image_lies_where_programs_are_looked_for() -> None:
    (install,) = (rest for word, rest in instructions("desk") if word == "RUN" and "npm install" in rest)
    (prefix,) = re.findall(r"--prefix (\S+)", install)
    for each in HARNESSES.values():
        assert all(path.startswith(f"{prefix}/node_modules/") for path, _ in in_image(each))
