# SPDX-License-Identifier: Apache-2.0
# What the host needs. Sourced by run-on-kernel.

find_virtiofsd() {
	virtiofsd=''
	local path
	for path in /usr/libexec/virtiofsd /usr/lib/qemu/virtiofsd; do
		if [ -x $path ]; then virtiofsd=$path; return; fi
	done
}

missing_packages() {
	local need
	for need in qemu-system-x86_64:qemu-system-x86 cpio:cpio modprobe:kmod gcc:gcc zstd:zstd lz4:lz4 xz:xz-utils unshare:util-linux; do
		command -v "${need%%:*}" >/dev/null 2>&1 || echo "${need#*:}"
	done
	[ -n "$virtiofsd" ] || if [ -n "$(apt-cache madison virtiofsd 2>/dev/null)" ]; then echo virtiofsd; else echo qemu-system-common; fi
}

install_packages() {
	local missing
	find_virtiofsd
	missing=$(missing_packages | tr '\n' ' ')
	[ -n "$missing" ] || return 0
	command -v apt-get >/dev/null 2>&1 || die "missing: $missing; found no apt-get (not Debian or Ubuntu?)"
	echo "run-on-kernel: installing $missing" >&2
	# shellcheck disable=SC2086 -- a list of names
	DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=600 $missing >"$cache/apt.log" 2>&1 || {
		tail -5 "$cache/apt.log" >&2
		die "apt-get install $missing failed"
	}
	find_virtiofsd
	[ -n "$virtiofsd" ] || die 'found no virtiofsd'
}
