#!/bin/sh
# What xtask itself needs before it can be built: cargo and a C compiler (for its linker, and for SQLite).
# The right Rust is then fetched by rustup, as rust-toolchain.toml names it.
set -eu

missing=
command -v cc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
command -v cargo >/dev/null 2>&1 || missing="$missing rustup"
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "Missing, and there is no apt-get here. Please install what Debian calls:$missing" >&2
  exit 2
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "Missing, and only root may install packages. Please run: sudo apt-get install$missing" >&2
  exit 2
fi
echo "Installing with apt-get:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# $missing is our own list of words.
# shellcheck disable=SC2086
apt-get install --yes --no-install-recommends $missing || { apt-get update && apt-get install --yes --no-install-recommends $missing; } || {
  echo "That failed. Where the system has no package rustup, install Rust as https://rustup.rs says, then try again." >&2
  exit 2
}
