#!/usr/bin/env bash
# Puts `cstar` on the PATH of the later steps: a release whose checksum is right, a given program, or npm packages.

set -euo pipefail
# shellcheck source=.github/actions/cstar/common.sh
source "$GITHUB_ACTION_PATH/common.sh"

program=cstar
if [[ $RUNNER_OS == Windows ]]; then
    program=cstar.exe
fi

# Only over https, also after a redirection.
download() {
    curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --retry 3 --max-time 300 \
        --output "$2" -- "$1" || fail "cannot download $1"
}

checksum_fits() {
    if command -v sha256sum >/dev/null; then
        sha256sum --check --status <<<"$1"
    else
        shasum --algorithm 256 --check --status <<<"$1"
    fi
}

# Sets the name that this runner has in the archives of a release.
find_target() {
    case $RUNNER_OS-$RUNNER_ARCH in
        Linux-X64) target=x86_64-unknown-linux-musl ;;
        Linux-ARM64) target=aarch64-unknown-linux-musl ;;
        macOS-X64) target=x86_64-apple-darwin ;;
        macOS-ARM64) target=aarch64-apple-darwin ;;
        Windows-X64) target=x86_64-pc-windows-gnu ;;
        Windows-ARM64) target=aarch64-pc-windows-gnullvm ;;
        *) fail "there is no release for $RUNNER_OS on $RUNNER_ARCH" ;;
    esac
}

# The version of this action, so that `@v1.2.3` always installs the same.
own_version() {
    sed -n '/^version = "/{s/^version = "\(.*\)"$/\1/p;q;}' "$GITHUB_ACTION_PATH/../../../Cargo.toml"
}

install_release() {
    local target ending=tar.gz version release line archive
    find_target
    if [[ $RUNNER_OS == Windows ]]; then
        ending=zip
    fi
    version=${CSTAR_ACTION_VERSION:-$(own_version)}
    version=${version#v}
    if [[ $version == latest ]]; then
        release=$CSTAR_ACTION_RELEASES/latest/download
    elif [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
        release=$CSTAR_ACTION_RELEASES/download/v$version
    else
        fail "\`$version\` is not a version: write it as in 1.2.3, or \`latest\`"
    fi
    download "$release/SHA256SUMS" SHA256SUMS
    line=$(grep -E "^[0-9a-f]{64}  cstar-[0-9][0-9A-Za-z.-]*-$target\.$ending\$" SHA256SUMS) ||
        fail "$release has no cstar for $target"
    archive=${line:66}
    if [[ $version == latest ]]; then
        version=${archive#cstar-}
        version=${version%"-$target.$ending"}
    fi
    if [[ $archive != "cstar-$version-$target.$ending" ]]; then
        fail "SHA256SUMS of $version names $archive"
    fi
    # By its version: there may be a newer latest release by now.
    download "$CSTAR_ACTION_RELEASES/download/v$version/$archive" "$archive"
    checksum_fits "$line" || fail "the SHA-256 of $archive is not the one in SHA256SUMS"
    if [[ $ending == zip ]]; then
        unzip -q "$archive"
    else
        tar -xzf "$archive"
    fi
    mv "cstar-$version-$target/$program" bin/
}

install_binary() {
    if [[ ! -f $CSTAR_ACTION_BINARY ]]; then
        fail "there is no file $CSTAR_ACTION_BINARY"
    fi
    cp "$CSTAR_ACTION_BINARY" "$1/$program"
    chmod +x "$1/$program"
}

install_npm() {
    local packages
    read -ra packages <<<"$CSTAR_ACTION_NPM"
    # cstar's packages have no install scripts; nothing else gets a chance to run one.
    npm install --prefix "$(native "$1")" --no-audit --no-fund --ignore-scripts --loglevel=error -- "${packages[@]}" ||
        fail "npm cannot install ${packages[*]}"
}

folder=$(new_folder)
bin=$folder/bin
mkdir "$bin"
if [[ -n $CSTAR_ACTION_BINARY ]]; then
    install_binary "$bin"
elif [[ -n $CSTAR_ACTION_NPM ]]; then
    install_npm "$folder"
    bin=$folder/node_modules/.bin
    program=cstar
else
    cd "$folder"
    install_release
fi

version=$("$bin/$program" --version) || fail "the program that was installed does not start"
set_in "$GITHUB_OUTPUT" version "${version#cstar }"
set_in "$GITHUB_OUTPUT" path "$(native "$bin")"
native "$bin" >>"$GITHUB_PATH"
printf 'Installed %s\n' "$version"
