# A host of the company: an ssh server that runs as the machine's one user.
# Untested: no Docker engine on the machine it was written on. Built by tools/build_docker_images.sh.
FROM debian:bookworm-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        at bsdextrautils ca-certificates cron file less nano openssh-client openssh-server procps python3 rsync unzip vim-tiny xz-utils zip \
    && rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_*

RUN groupadd --gid 1000 maintainer \
    && useradd --uid 1000 --gid 1000 --create-home --shell /bin/bash --password '*' maintainer

COPY sshd_config /etc/ssh/sshd_config

USER 1000:1000
WORKDIR /home/maintainer
