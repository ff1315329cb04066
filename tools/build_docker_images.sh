#!/bin/sh
# The images for --sandbox docker: a host, and a desk for each harness at the exact version of harnesses/package.json.
# Untested: no Docker engine on the machine it was written on. It needs docker, node and a network.
set -eu
cd "$(dirname "$0")/.."
images=src/peerward/sandbox/docker/images

build() { docker build --file "$images/$1.Dockerfile" --tag "$2" --build-arg "PACKAGE=${3:-}" "$images"; }
version() { node -p "require('./harnesses/package.json').dependencies['$1']"; }
desk() { build desk "company-desk-$1:$(version "$2")" "$2@$(version "$2")"; }

docker build --file "$images/host.Dockerfile" --tag company-host:plain "$images"
build desk company-desk-shell:plain
desk gemini-cli @google/gemini-cli
desk opencode opencode-ai
desk claude-code @anthropic-ai/claude-code
desk codex-cli @openai/codex
