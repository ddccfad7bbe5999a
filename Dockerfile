# syntax=docker/dockerfile:1
# The image of the edges and of the operator: `docker build --tag roost .`, then for example
#
#   docker run --rm --publish 6697:6697 roost dev --ephemeral --tenants /usr/share/roost/examples --ircs 0.0.0.0:6697
#
# What goes in is listed in scripts/assemble-image, which makes the same file system without Docker too.

# Debian 12, whose libraries the programs are linked against and which go into the image.
FROM swift:6.3-bookworm AS build
WORKDIR /src
COPY Package.swift Package.resolve[d] ./
RUN swift package resolve
COPY . .
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates tzdata \
    && scripts/install-packages build \
    && scripts/build-release \
    && scripts/assemble-image /image

# No shell, no package manager, nothing but what the programs load.
FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Roost" \
      org.opencontainers.image.description="Multi-tenant IRC and IRCX hosting: edges and operator" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image /
ENV PATH=/usr/local/bin HOME=/var/lib/roost SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532:65532
WORKDIR /var/lib/roost
# IRC over TLS, HTTPS, HTTP, metrics.
EXPOSE 6697 8443 8080 9090
ENTRYPOINT ["/usr/local/bin/roost"]
