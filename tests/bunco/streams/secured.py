"""A broker of its own with TLS and logins, from the scripts that start the others."""

import shutil
import subprocess
from pathlib import Path

from bunco.options import KafkaOptions
from bunco.values import Secret
from tests.services.required import skip_or_fail
from tests.services.servers import SCRIPTS, KafkaServer, free_port

_LISTENERS = """
listeners=PLAINTEXT://127.0.0.1:{plain},CONTROLLER://127.0.0.1:{controller},\
MUTUAL://127.0.0.1:{mutual},LOGIN://127.0.0.1:{login},BOTH://127.0.0.1:{both},\
LOST://127.0.0.1:{lost}
advertised.listeners=PLAINTEXT://127.0.0.1:{plain},MUTUAL://127.0.0.1:{mutual},\
LOGIN://127.0.0.1:{login},BOTH://127.0.0.1:{both},LOST://127.0.0.1:1
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,MUTUAL:SSL,\
LOGIN:SASL_PLAINTEXT,BOTH:SASL_SSL,LOST:PLAINTEXT
ssl.keystore.type=PEM
ssl.keystore.location={folder}/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location={folder}/ca.pem
listener.name.mutual.ssl.client.auth=required
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.login.plain.sasl.jaas.config={plain_login} required user_ann="sesame";
listener.name.both.plain.sasl.jaas.config={plain_login} required user_ann="sesame";
listener.name.login.scram-sha-512.sasl.jaas.config={scram_login} required;
listener.name.both.scram-sha-512.sasl.jaas.config={scram_login} required;
"""
_MODULES = "org.apache.kafka.common.security"


class SecuredServer(KafkaServer):
    """A broker with further ports: TLS on both sides, a login, a login over TLS.

    On the port ``lost`` it tells everybody to go on where nobody listens.

    Its certificate is for 127.0.0.1, signed by an authority of its own (``ca.pem``).
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, free_port(adjoining=5))
        self.mutual, self.login, self.both, self.lost = (
            f"127.0.0.1:{self.port + step}" for step in (2, 3, 4, 5)
        )

    def options(self, server: str, **changes: object) -> KafkaOptions:
        """Give options for one of the ports."""
        return KafkaOptions(bootstrap=(server,), **changes)  # type: ignore[arg-type]  # any field

    def logging_in(self, server: str, **changes: object) -> KafkaOptions:
        """Give options that log in as somebody the broker knows."""
        known: dict[str, object] = {
            "security": "sasl",
            "mechanism": "PLAIN",
            "username": "ann",
            "password": Secret("sesame"),
        }
        return self.options(server, **{**known, **changes})

    def _spawn(self) -> subprocess.Popen[bytes]:
        scripts = self.folder / "services"
        shutil.copytree(SCRIPTS, scripts, dirs_exist_ok=True)
        make_certificates(self.folder)
        more = _LISTENERS.format(
            folder=self.folder,
            plain=self.port,
            controller=self.port + 1,
            mutual=self.port + 2,
            login=self.port + 3,
            both=self.port + 4,
            lost=self.port + 5,
            plain_login=f"{_MODULES}.plain.PlainLoginModule",
            scram_login=f"{_MODULES}.scram.ScramLoginModule",
        )
        script = scripts / self.kind / "up.sh"
        text = script.read_text(encoding="utf-8")
        assert text.count("\nPROPERTIES\n") == text.count("\nset -euo pipefail\n") == 1
        # What stands last in a file of properties counts; a container would not see our files.
        text = text.replace("\nPROPERTIES\n", f"{more}PROPERTIES\n")
        text = text.replace(
            "\nset -euo pipefail\n", "\nset -euo pipefail\nBUNCO_SERVICES_WITH=java\n"
        )
        script.write_text(text, encoding="utf-8")
        self.kind = str(script.parent)  # absolute: taken in place of the folder of scripts
        return super()._spawn()


def make_certificates(folder: Path) -> None:
    """Make an authority (``ca.pem``), a broker's and a client's certificate with their keys."""
    if (folder / "ca.pem").exists():
        return
    if shutil.which("openssl") is None:
        skip_or_fail("openssl, which makes certificates, is not on PATH")
    folder.mkdir(parents=True, exist_ok=True)
    new = ["req", "-x509", "-nodes", "-days", "2", "-newkey", "ec", "-pkeyopt"]
    new += ["ec_paramgen_curve:prime256v1"]
    _openssl(folder, *new, "-subj", "/CN=an authority", "-keyout", "ca.key", "-out", "ca.pem")
    for name, place in (("broker", "IP:127.0.0.1"), ("client", "DNS:client.example")):
        own = ["-subj", f"/CN={name}", "-addext", f"subjectAltName={place}"]
        own += ["-addext", "basicConstraints=critical,CA:FALSE"]
        signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-keyout", f"{name}.key"]
        _openssl(folder, *new, *own, *signed, "-out", f"{name}.crt")
        parts = [(folder / f"{name}.{part}").read_text("ascii") for part in ("key", "crt")]
        (folder / f"{name}.pem").write_text("".join(parts), encoding="ascii")


def _openssl(folder: Path, *words: str) -> None:
    command = ["openssl", *words]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
