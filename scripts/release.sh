#!/usr/bin/env bash
# release.sh: gathers what is published in dist/release: the executables, the package for npm, Debian packages, an SBOM
# (CycloneDX), notes that say where it comes from, and the checksums of all. Run by `make release`, which builds them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

release=dist/release
rm -rf "$release"
mkdir -p "$release"

cp -p dist/byway-linux-x64 dist/byway-linux-arm64 dist/byway-macos-arm64 dist/byway_*.deb "$release"
npm pack --silent --ignore-scripts --pack-destination "$release" >/dev/null
node scripts/sbom.mjs >"$release/byway.cdx.json"
node scripts/release-notes.mjs >"$release/NOTES.md"
(cd "$release" && sha256sum -- * >../SHA256SUMS && mv ../SHA256SUMS .)
cat "$release/SHA256SUMS"
