"""deploy/ as an operator would check it, with whatever checkers are installed here."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"


def tool(name: str) -> str:
    """The checker, or a skip that says what to install."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed here")
    return path


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_image_has_no_root_a_health_check_and_pinned_bases() -> None:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    bases = re.findall(r"^FROM (\S+)", lines, re.M)
    assert all(re.search(r":\d+\.\d+\.\d+-|@sha256:", base) for base in bases)
    assert re.search(r"^USER 10001", lines, re.M)
    assert "HEALTHCHECK" in lines


def test_hadolint_has_no_remark_on_the_dockerfile() -> None:
    done = run(tool("hadolint"), DEPLOY / "Dockerfile")
    assert done.returncode == 0, done.stdout


def test_every_setting_that_deploy_gives_is_one_that_the_bot_reads() -> None:
    from bot.settings import FROM_FILES, Settings

    known = {field.alias for field in Settings.model_fields.values()}
    known |= {f"{name}_FILE" for name in FROM_FILES}
    given: set[str] = set()
    for file in DEPLOY.rglob("*"):
        if file.suffix in {".yaml", ".service"} or file.name == "Dockerfile":
            text = file.read_text(encoding="utf-8")
            given |= set(
                re.findall(r"\b((?:BOT_[A-Z_]+|DATABASE_URL|REDIS_URL)(?:_FILE)?)\b", text)
            )
    assert given <= known


def test_no_secret_stands_in_a_file_of_deploy() -> None:
    for file in DEPLOY.rglob("*"):
        if file.is_file():
            assert not re.search(r"\d{8,}:AA[\w-]{20,}", file.read_text(encoding="utf-8")), file


def test_compose_is_what_the_specification_allows() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed here")
    whole = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = whole["services"]
    assert set(services) == {"bot", "postgres", "valkey", "backup"}
    for name in ("bot", "valkey", "backup"):
        assert services[name]["read_only"] is True, name
        assert services[name]["cap_drop"] == ["ALL"], name
    for service in services.values():
        assert ":latest" not in service["image"]
        assert set(service.get("secrets", ())) <= set(whole["secrets"])


def test_check_jsonschema_accepts_the_compose_file() -> None:
    command = tool("check-jsonschema")
    done = run(command, "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_kubernetes_manifests_fit_their_schemas() -> None:
    for name in ("kubeconform", "kubernetes-validate"):
        if command := shutil.which(name):
            files = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
            done = run(command, "--strict" if name == "kubernetes-validate" else "-strict", *files)
            assert done.returncode == 0, done.stdout + done.stderr
            return
    pytest.skip("neither kubeconform nor kubernetes-validate is installed here")


def test_pods_run_without_root_within_limits_and_are_probed() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed here")
    kinds: dict[str, Any] = {}
    for file in (DEPLOY / "kubernetes").glob("*.yaml"):
        for part in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            kinds[part["kind"]] = part
    assert kinds["Deployment"]["spec"]["replicas"] == 2
    for kind in ("Deployment", "Job"):
        pod = kinds[kind]["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in pod["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            assert set(container["resources"]["limits"]) == {"cpu", "memory"}
    [bot] = kinds["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert bot["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert bot["livenessProbe"]["httpGet"]["path"] == "/healthz"


def test_systemd_accepts_the_unit_and_finds_it_hardened(tmp_path: Path) -> None:
    command = tool("systemd-analyze")
    unit = (DEPLOY / "plan-registry-bot.service").read_text(encoding="utf-8")
    # The program's own path exists on the operator's machine, not here.
    unit = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit, flags=re.M)
    file = tmp_path / "plan-registry-bot.service"
    file.write_text(unit, encoding="utf-8")
    done = run(command, "verify", file)
    ours = [line for line in done.stderr.splitlines() if "plan-registry-bot" in line]
    assert not ours, done.stderr
    done = run(command, "security", "--offline=yes", "--threshold=30", file)
    assert done.returncode == 0, done.stdout[-500:]


def test_nginx_accepts_the_example(tmp_path: Path) -> None:
    command, openssl = tool("nginx"), tool("openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    run(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
        "/CN=bot.example.org", "-keyout", key, "-out", certificate)  # fmt: skip
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("/etc/ssl/bot.example.org.pem", str(certificate))
    text = text.replace("/etc/ssl/bot.example.org.key", str(key))
    for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
        text = text.replace("http {\n", f"http {{\n{kind}_temp_path {tmp_path}/{kind};\n", 1)
    file = tmp_path / "nginx.conf"
    file.write_text(f"pid {tmp_path}/nginx.pid;\n{text}", encoding="utf-8")
    done = run(command, "-t", "-c", file, "-g", "error_log stderr;")
    assert done.returncode == 0, done.stderr


def test_promtool_accepts_the_alerts() -> None:
    done = run(tool("promtool"), "check", "rules", DEPLOY / "alerts.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_dashboard_and_alerts_speak_of_figures_that_there_are() -> None:
    from bot.operations.metrics import Metrics

    names = {metric.name for metric in Metrics().registry.collect()}
    dashboard = (DEPLOY / "grafana-dashboard.json").read_text(encoding="utf-8")
    assert len(json.loads(dashboard)["panels"]) >= 8
    text = dashboard + (DEPLOY / "alerts.yaml").read_text(encoding="utf-8")
    text += (DEPLOY / "README.md").read_text(encoding="utf-8")
    used = set(re.findall(r"\bplans_[a-z_]+\b", text))
    assert {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in used} <= names


def test_every_test_that_the_threat_model_names_is_there() -> None:
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:faults/)?test_\w+\.py)`", text):
        assert (ROOT / "tests" / name).exists(), name
