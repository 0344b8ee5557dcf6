"""Writes a program and what comes with it as an archive, a Debian package and an RPM; for `.ci/release`.

The same files and the same time give the same bytes: names are sorted, and the owner is root.
"""

import glob
import gzip
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
import zipfile

from targets import PACKAGE, ROOT, VERSION, program, stem

# Where packages of Linux distributions put a file; `{man}` is the section of a man page. Debian and the RPM world
# differ in the folders of zsh and of the licence.
SHARED = {
    "completions/cstar.bash": "usr/share/bash-completion/completions/cstar",
    "completions/cstar.fish": "usr/share/fish/vendor_completions.d/cstar.fish",
    "README.md": "usr/share/doc/cstar/README.md",
}
DEB = SHARED | {
    "completions/_cstar": "usr/share/zsh/vendor-completions/_cstar",
    "LICENSE": "usr/share/doc/cstar/copyright",
}
RPM = SHARED | {
    "completions/_cstar": "usr/share/zsh/site-functions/_cstar",
    "LICENSE": "usr/share/licenses/cstar/LICENSE",
}
DESCRIPTION = """\
Brings webhook events of cStar, the customer-support platform, to a server on
this machine, signed as in production and without a tunnel. Fires test events,
checks signatures, and has a local cStar for work without an account."""


def read(path):
    with open(os.path.join(ROOT, path), "rb") as file:
        return file.read()


def pages():
    return sorted(os.path.relpath(page, ROOT) for page in glob.glob(os.path.join(ROOT, "man", "*.[0-9]")))


def archived(target, binary):
    """The content of an archive: name, bytes and mode, sorted."""
    names = ["LICENSE", "README.md", *pages()]
    names += [f"completions/{name}" for name in os.listdir(os.path.join(ROOT, "completions"))]
    files = {name: (read(name), 0o644) for name in names}
    files[program(target)] = (read(binary), 0o755)
    return [(f"{stem(target)}/{name}", *files[name]) for name in sorted(files)]


def write_tar_gz(path, entries, epoch):
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content, mode in entries:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(content), mode, epoch
            entry.uname = entry.gname = "root"
            tar.addfile(entry, io.BytesIO(content))
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=epoch) as packed:
        packed.write(plain.getvalue())


def write_zip(path, entries, epoch):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, content, mode in entries:
            # The format knows no time before 1980.
            entry = zipfile.ZipInfo(name, time.gmtime(max(epoch, 315532800))[:6])
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = (0o100000 | mode) << 16
            packed.writestr(entry, content)


def write_archive(path, target, binary, epoch):
    write = write_zip if target["archive"] == "zip" else write_tar_gz
    write(path, archived(target, binary), epoch)


def write_tree(root, places, binary, epoch):
    """The files of a Linux package, below a folder; returns their places."""
    files = {place: (read(source), 0o644) for source, place in places.items()}
    files["usr/bin/cstar"] = (read(binary), 0o755)
    for page in pages():
        # Distributions want their pages compressed.
        place = f"usr/share/man/man{page[-1]}/{os.path.basename(page)}.gz"
        files[place] = (gzip.compress(read(page), 9, mtime=0), 0o644)
    for place, (content, mode) in files.items():
        path = os.path.join(root, place)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        os.chmod(path, mode)
    for folder, _, names in os.walk(root, topdown=False):
        for name in names:
            os.utime(os.path.join(folder, name), (epoch, epoch))
        os.chmod(folder, 0o755)
        os.utime(folder, (epoch, epoch))
    return sorted(files)


def run(*command, **options):
    if shutil.which(command[0]) is None:
        raise SystemExit(f"cannot find {command[0]}: install the Debian packages dpkg and rpm")
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **options)


def write_deb(path, target, binary, epoch):
    with tempfile.TemporaryDirectory() as root:
        write_tree(root, DEB, binary, epoch)
        size = sum(os.path.getsize(file) for file in glob.glob(f"{root}/usr/**", recursive=True) if os.path.isfile(file))
        os.mkdir(f"{root}/DEBIAN")
        with open(f"{root}/DEBIAN/control", "w", encoding="utf-8") as control:
            control.write(
                f"Package: cstar\nVersion: {VERSION}\nArchitecture: {target['deb']}\n"
                "Maintainer: The cstar developers\n"
                f"Installed-Size: {-(-size // 1024)}\nSection: utils\nPriority: optional\n"
                f"Homepage: {PACKAGE['repository']}\nDescription: {PACKAGE['description']}\n"
                + "".join(f" {line}\n" for line in DESCRIPTION.splitlines())
            )
        # With more threads, the bytes depend on their number.
        options = ("--root-owner-group", "-Zxz", "--threads-max=1", "--build")
        run("dpkg-deb", *options, root, path, env=os.environ | {"SOURCE_DATE_EPOCH": str(epoch)})


def write_rpm(path, target, binary, epoch):
    with tempfile.TemporaryDirectory() as top:
        places = write_tree(f"{top}/tree", RPM, binary, epoch)
        marks = {"usr/share/doc": "%doc ", "usr/share/man": "%doc ", "usr/share/licenses": "%license "}
        listed = (next((mark for start, mark in marks.items() if p.startswith(start)), "") + "/" + p for p in places)
        with open(f"{top}/cstar.spec", "w", encoding="utf-8") as spec:
            spec.write(
                # The program is static, and stripped already: nothing to find out or to change.
                "%global debug_package %{nil}\n%global __os_install_post %{nil}\n%global _build_id_links none\n"
                f"Name: cstar\nVersion: {VERSION.replace('-', '~')}\nRelease: 1\nSummary: {PACKAGE['description']}\n"
                f"License: {PACKAGE['license']}\nURL: {PACKAGE['repository']}\nAutoReqProv: no\n"
                f"%description\n{DESCRIPTION}\n%install\ncp -a {top}/tree/. %{{buildroot}}/\n%files\n"
                + "".join(f"{place}\n" for place in listed)
            )
        settings = {
            "_topdir": f"{top}/build",
            "_buildhost": "localhost",
            "_binary_payload": "w6.xzdio",
            "use_source_date_epoch_as_buildtime": "1",
            "clamp_mtime_to_source_date_epoch": "1",
            "source_date_epoch_from_changelog": "0",
        }
        defines = [part for name, value in settings.items() for part in ("--define", f"{name} {value}")]
        command = ("rpmbuild", "-bb", "--quiet", "--target", f"{target['rpm']}-linux", *defines, f"{top}/cstar.spec")
        run(*command, env=os.environ | {"SOURCE_DATE_EPOCH": str(epoch)})
        (built,) = glob.glob(f"{top}/build/RPMS/*/*.rpm")
        shutil.move(built, path)
