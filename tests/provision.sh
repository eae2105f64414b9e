#!/usr/bin/env bash
# Brings a Debian machine to the point where every test can run: packages from
# apt, and two root folders holding a real Asterisk 22 and 16. Safe to repeat:
# what is there is left alone, and a half-built root folder is never used.
#
#   FLOOR_TEST_CACHE    where the root folders live (default: the user's cache)
#   FLOOR_TEST_MIRROR   Debian mirror (default: the one apt uses on this machine)
set -euo pipefail

CACHE="${FLOOR_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/floorwatch}"
PACKAGES=(debootstrap baresip-core sip-tester espeak-ng chromium fonts-noto-cjk fonts-dejavu-core postgresql redis-server)
ASTERISK=(asterisk asterisk-modules asterisk-config asterisk-core-sounds-en-gsm asterisk-moh-opsound-gsm)
# version:suite; the suite may move on, so the version that was built is reported.
ROOTS=(22:sid 16:bullseye)

say() { printf 'provision: %s\n' "$*"; }

require_root() {
  [ "$(id -u)" -eq 0 ] && return
  say "not root, so packages and the Asterisk root folders are skipped and tests that need them will not run."
  [ "${CI:-}" = true ] && exit 1
  exit 0
}

missing_packages() {
  local package
  for package in "${PACKAGES[@]}"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || echo "$package"
  done
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages)
  [ "${#missing[@]}" -eq 0 ] && { say "packages: all present"; return; }
  say "packages: installing ${missing[*]}"
  apt-get update -qq
  # RUNLEVEL=1 keeps postgresql and redis from starting as services: tests run their own.
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

mirror() {
  [ -n "${FLOOR_TEST_MIRROR:-}" ] && { echo "$FLOOR_TEST_MIRROR"; return; }
  # awk reads to the end on purpose: stopping early would break the pipe under pipefail.
  apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' |
    awk '$1 == "Debian" && !found { print $2; found = 1 }'
}

in_root() { chroot "$1" /usr/bin/env DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin "${@:2}"; }

release_mounts() {
  umount -l "$1/proc" "$1/dev" 2>/dev/null || true
}

# Fills the folder $1 from suite $2; leaves the built version in $1/VERSION.
fill_root() {
  local dir=$1 suite=$2
  debootstrap --variant=minbase "$suite" "$dir" "$(mirror)"
  apt-config dump | grep -E '^Acquire::[^ ]*Proxy' >"$dir/etc/apt/apt.conf.d/80proxy" || true
  printf '#!/bin/sh\nexit 101\n' >"$dir/usr/sbin/policy-rc.d"
  chmod +x "$dir/usr/sbin/policy-rc.d"
  mount -t proc proc "$dir/proc"
  mount --bind /dev "$dir/dev"
  in_root "$dir" apt-get update
  in_root "$dir" apt-get install -y --no-install-recommends "${ASTERISK[@]}"
  in_root "$dir" apt-get clean
  release_mounts "$dir"
  rm -rf "$dir/var/lib/apt/lists"
  in_root "$dir" asterisk -V | tee "$dir/VERSION"
}

build_root() {
  local version=$1 suite=$2 target="$CACHE/asterisk-$1" temp="$CACHE/building-$1"
  [ -f "$target/VERSION" ] && { say "asterisk $version: $(cat "$target/VERSION")"; return; }
  say "asterisk $version: building from $suite, a minute or two"
  release_mounts "$temp"
  rm -rf --one-file-system "$temp"
  # In the background because bash ignores set -e inside a condition.
  fill_root "$temp" "$suite" >"$CACHE/building-$version.log" 2>&1 &
  if ! wait $!; then
    release_mounts "$temp"
    say "asterisk $version: failed, last lines of $CACHE/building-$version.log:"
    tail -n 5 "$CACHE/building-$version.log"
    return 1
  fi
  rm -rf --one-file-system "$target"
  mv "$temp" "$target"
  say "asterisk $version: built $(cat "$target/VERSION")"
}

main() {
  local root jobs=() failed=0 job
  require_root
  mkdir -p "$CACHE"
  exec 9>"$CACHE/lock"
  flock 9
  install_packages
  for root in "${ROOTS[@]}"; do
    build_root "${root%%:*}" "${root##*:}" & jobs+=($!)
  done
  for job in "${jobs[@]}"; do wait "$job" || failed=1; done
  return "$failed"
}

main
