# The machine that a critic works on: node, the usual programs, and at most one harness at its exact version.
# Untested: no Docker engine on the machine it was written on. Built by tools/build_docker_images.sh.
FROM node:22-bookworm-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        at bsdextrautils ca-certificates cron file git less nano openssh-client procps python3 ripgrep rsync unzip vim-tiny xz-utils zip \
    && rm -rf /var/lib/apt/lists/*

# The image has a user 1000 already; it gets the name that the company's hosts know.
RUN groupmod --new-name maintainer node \
    && usermod --login maintainer --home /home/maintainer --move-home --shell /bin/bash --password '*' node

# PACKAGE is a name and a version, such as opencode-ai@1.18.33; without one the desk has a shell alone.
ARG PACKAGE=""
RUN mkdir -p /opt/agent \
    && if [ -n "$PACKAGE" ]; then \
        npm install --prefix /opt/agent --no-package-lock --no-audit --no-fund --loglevel=error "$PACKAGE" \
        && npm cache clean --force; \
    fi

USER 1000:1000
WORKDIR /home/maintainer
