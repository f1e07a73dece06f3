"""What the files in deploy/ promise about containers, which `make container-check` runs; and nginx's limits."""

import json
import re
import shlex
import subprocess
from typing import Any

import yaml

from tests.containers import stand_ins, trials
from tests.server import ROOT

NGINX = (ROOT / "deploy" / "nginx.conf").read_text()
UNLIMITED = (
    "/_event",
    "/(api/v1/counters/[^/]+/events|stream/.+)",
    "/(import|api/v1/imports)(/preview|/undo|/[0-9]+/undo)?",
    "/admin/files/",
)  # long, or files
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
KUBERNETES = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text()))
BACK = DOCKERFILE.partition(" AS back\n")[2]  # the last stage
BUILT = {"clickcounter", "clickcounter-front"}
NUMBER = re.compile(r"[1-9]\d*(:[1-9]\d*)?")


def test_every_container_has_no_rights_a_bounded_log_and_a_share_of_the_machine():
    assert len(SERVICES) == 7
    for name, service in SERVICES.items():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert set(service["logging"]["options"]) == {"max-size", "max-file"}, name
        assert all(service[limit] for limit in ("mem_limit", "cpus", "pids_limit")), name
        assert not {"privileged", "cap_add"} & set(service), name


def test_every_container_waits_until_what_it_needs_is_healthy():
    needs = {name: service.get("depends_on", {}) for name, service in SERVICES.items()}
    assert set(needs["front"]) == {"back-1", "back-2", "back-3"}
    assert {name for needed in needs.values() for name in needed} == {*SERVICES} - {"front"}
    for name, needed in [pair for found in needs.values() for pair in found.items()]:
        done = "service_completed_successfully" if name == "upgrade" else "service_healthy"
        assert needed["condition"] == done
        assert name == "upgrade" or SERVICES[name]["healthcheck"]["test"]


def test_every_container_runs_as_a_number_that_is_not_root():
    users = [*re.findall(r"^USER (.+)$", DOCKERFILE, re.M), *(s["user"] for s in SERVICES.values() if "user" in s)]
    assert len(users) == 3  # nginx's image has such a user itself
    assert [user for user in users if not NUMBER.fullmatch(user)] == []


def test_a_folder_in_memory_belongs_to_who_writes_there():
    for name, service in SERVICES.items():
        user, _, group = service.get("user", re.findall(r"^USER (.+)$", BACK, re.M)[0]).partition(":")
        folders = [folder for folder in service["tmpfs"] if folder != "/tmp"]
        assert [folder for folder in folders if not folder.endswith(f":uid={user},gid={group},mode=700")] == [], name


def test_every_base_image_has_its_full_version():
    stages = set(re.findall(r" AS ([\w-]+)$", DOCKERFILE, re.M))
    images = {*re.findall(r"^FROM (\S+)", DOCKERFILE, re.M)} - stages
    images |= {service["image"] for service in SERVICES.values()} - BUILT
    assert images == {*stand_ins.named()}
    assert {image.partition(":")[0] for image in images} == {*stand_ins.STEPS}
    assert [image for image in images if not re.search(r":\d+\.\d+(\.\d+)?-", image)] == []


def test_the_image_asks_by_itself_whether_a_click_could_be_saved():
    health = re.search(r"^HEALTHCHECK .*\n    CMD (\[.*\])$", BACK, re.M)
    assert health
    program, option, code = json.loads(health[1])
    assert (program, option) == ("python", "-c")
    assert "http://127.0.0.1:3000/readyz" in code
    compile(code, "HEALTHCHECK", "exec")
    assert SERVICES["back-1"]["healthcheck"]["test"] == ["CMD", program, option, code]


def test_nginx_knows_the_back_ends_of_compose():
    found = re.search(r"^RUN sed (.*) deploy/nginx.conf", DOCKERFILE, re.M)
    assert found
    done = subprocess.run(["sed", *shlex.split(found[1])], input=NGINX, capture_output=True, text=True, check=True)
    assert re.findall(r"^    server (\S+) max_fails", done.stdout, re.M) == [f"back-{n}:3000" for n in (1, 2, 3)]
    assert "127.0.0.1" not in done.stdout
    assert "    listen 8080;" in done.stdout
    (network,) = COMPOSE["networks"]["inside"]["ipam"]["config"]
    addresses = {SERVICES[f"back-{n}"]["networks"]["inside"]["ipv4_address"] for n in (1, 2, 3)}
    assert len(addresses) == 3  # so that it finds one that was replaced
    assert network["ip_range"].endswith(".128/25")
    assert all(int(address.rpartition(".")[2]) < 128 for address in addresses)


def test_the_commands_of_the_page_about_containers_are_found():
    assert len(trials.commands("One container")) == 9
    up, *later = trials.commands("Several back ends")
    assert up.endswith("up --build --detach")
    assert [line.split()[-1] for line in later[2:6]] == ["back-1", "back-2", "back-3", "front"]


def test_every_pod_has_no_rights_and_its_limits():
    pods = [found["spec"]["template"]["spec"] for found in KUBERNETES if found["kind"] in ("Deployment", "Job")]
    assert len(pods) == 2
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert BACK.count(f"USER {pod['securityContext']['runAsUser']}:") == 1
        assert pod["automountServiceAccountToken"] is False
        (container,) = pod["containers"]
        assert re.search(r":\d+\.\d+\.\d+$", container["image"])
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
        assert {folder["mountPath"] for folder in container["volumeMounts"]} == {"/tmp", "/data"}


def test_kubernetes_keeps_two_back_ends_and_asks_each_for_readiness_and_life():
    kinds = {found["kind"]: found["spec"] for found in KUBERNETES if "spec" in found}
    (back,) = kinds["Deployment"]["template"]["spec"]["containers"]
    asked = {name: back[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")}
    assert asked == {"startup": "/healthz", "readiness": "/readyz", "liveness": "/healthz"}
    assert kinds["PodDisruptionBudget"]["minAvailable"] < kinds["Deployment"]["replicas"]
    labels = kinds["Deployment"]["template"]["metadata"]["labels"]
    assert kinds["Service"]["selector"] == labels == kinds["PodDisruptionBudget"]["selector"]["matchLabels"]


def test_what_git_ignores_stays_out_of_the_images():
    ignored, left_out = (
        {line.strip("/") for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")}
        for name in (".gitignore", ".dockerignore")
    )
    assert {name for name in ignored if not {name, f"**/{name}"} & left_out and not name.startswith("*.db")} == set()
    assert "*.db*" in left_out
    assert "*.jsonl" in left_out  # the terminal's export holds hashes


def test_every_location_that_asks_the_back_end_is_limited_for_each_address():
    found = re.findall(r"^    location (?:[~^=]+ )?\^?(\S+?)\$? \{\n(.*?)^    \}", NGINX, re.M | re.S)
    asking = {path: text for path, text in found if "proxy_pass" in text}
    assert len(asking) == NGINX.count("proxy_pass http")
    assert [path for path, text in asking.items() if "limit_conn" not in text and path not in UNLIMITED] == []
    assert [path for path, text in asking.items() if "limit_req " not in text and path not in UNLIMITED] == []
    assert [path for path, text in asking.items() if "X-Forwarded-For" not in text and path not in UNLIMITED] == []
