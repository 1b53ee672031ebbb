"""Names that no route may follow, as they stand in an address, and what they would find."""

from __future__ import annotations

from pathlib import Path

NAMES = (
    "..",
    "../secret.png",
    "..%2Fsecret.png",
    "%2e%2e/secret.png",
    "%2e%2e%2fsecret.png",
    "..%5Csecret.png",
    "..\\secret.png",
    "%2E%2E%5Csecret.png",
    "sub/../../secret.png",
    "sub%2F..%2F..%2Fsecret.png",
    "....//secret.png%2F..%2F..%2Fsecret.png",
    "..%252fsecret.png",
    "..%c0%afsecret.png",
    "..%ef%bc%8fsecret.png",
    "/etc/passwd",
    "%2Fetc%2Fpasswd",
    "//etc/passwd",
    "%2F%2Fhost%2Fshare%2Fx.png",
    "%5C%5Chost%5Cshare%5Cx.png",
    "C:%5Cx.png",
    "C:/x.png",
    "c:x.png",
    "file:///etc/passwd",
    "secret.png%00.png",
    "%00",
    "~%2Fsecret.png",
    "~root",
    "%24HOME",
    "link.png",
    "linked%2Fsecret.png",
    "dev%2Fzero",
    "%2Fdev%2Fzero",
    "%2Fproc%2Fself%2Fenviron",
    "x.png%0d%0aSet-Cookie:a=b",
    "%ff%fe",
    "%ed%a0%80.png",
    "x" * 3_000 + ".png",
    "%20",
    ".",
)
"""None of them names a file of the directory."""
THE_FOLDER_ITSELF = ("%20", ".")
"""Those that are no file, but may be a folder."""


def outside(base: Path, inside: Path) -> None:
    """Put something worth stealing beside a directory, and links to it inside."""
    (base / "secret.png").write_bytes(b"secret")
    (inside / "link.png").symlink_to(base / "secret.png")
    (inside / "linked").symlink_to(base)
    (inside / "dev").symlink_to("/dev")
