# SPDX-License-Identifier: Apache-2.0
# Debian's kernels: which there are, unpacking one, and its small initramfs. Sourced by run-on-kernel.

# A package list of our own: the suites that have a kernel, from the mirror that this machine already uses.
apt_options=(
	-o "Dir::Etc::sourcelist=$cache/apt/rok.sources" -o Dir::Etc::sourceparts=/dev/null
	-o "Dir::State::Lists=$cache/apt/lists" -o "Dir::Cache=$cache/apt/cache"
	-o APT::Sandbox::User=root -o Acquire::Languages=none
)

write_sources() {
	local targets base security suite uri
	targets=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 'Origin: Debian')
	base=$(awk '$1 !~ /-security$/ {print $2; exit}' <<<"$targets")
	security=$(awk '$1 ~ /-security$/ {print $2; exit}' <<<"$targets")
	[ -n "$base" ] || die 'found no Debian mirror among the apt sources'
	for suite in bullseye bookworm bookworm-backports trixie trixie-backports sid ${security:+bullseye-security bookworm-security trixie-security}; do
		uri=$base
		case $suite in *-security) uri=$security ;; esac
		printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nArchitectures: amd64\n' "$uri" "$suite"
		printf 'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n\n'
	done >"$cache/apt/rok.sources"
}

# Lines: version, release, flavour, packages it is made of. From 7.x on an image package is empty and depends on others.
image_packages() {
	awk '
		function out() {
			if (package ~ /^linux-image-[0-9]+\.[0-9]+\.[0-9].*-amd64$/) {
				release = substr(package, 13)
				flavour = release ~ /-cloud-amd64$/ ? "cloud" : release ~ /-rt-amd64$/ ? "rt" : "generic"
				more = ""
				count = split(depends, names, /[ ,|]+/)
				for (i = 1; i <= count; i++) if (names[i] ~ /^linux-(binary|modules|base)-[0-9]/) more = more " " names[i]
				print version, release, flavour more
			}
			package = version = depends = ""
		}
		/^Package: / {package = $2}
		/^Version: / {version = $2}
		/^Depends: / {depends = $0}
		/^$/ {out()}
		END {out()}' | LC_ALL=C sort -V -u
}

# Once a week.
update_list() {
	[ -z "$(find "$cache/apt/images" -mmin -10080 2>/dev/null)" ] || return 0
	mkdir -p "$cache/apt/lists/partial" "$cache/apt/cache/archives/partial"
	write_sources
	apt-get "${apt_options[@]}" update >"$cache/apt/log" 2>&1 || true # a suite that went to the archive is only missing
	apt-get "${apt_options[@]}" indextargets --format '$(FILENAME)' 'Created-By: Packages' |
		xargs -r /usr/lib/apt/apt-helper cat-file | image_packages >"$cache/apt/images.new"
	[ -s "$cache/apt/images.new" ] || die "found no kernel in the package lists (see $cache/apt/log)"
	mv "$cache/apt/images.new" "$cache/apt/images"
}

list_kernels() {
	update_list
	awk -v wanted="$flavour" '
		$3 == wanted {split($1, parts, /[.-]/); key = parts[1] "." parts[2]; last[key] = $1 "  " $2}
		END {for (key in last) print key "  " last[key]}' "$cache/apt/images" | sort -V
}

provide_kernel() { # sets kernel, release, module_tree
	kernel=$cache/k/$wanted-$flavour
	[ -e "$kernel/ok" ] || fetch_kernel
	release=$(cat "$kernel/release")
	module_tree=$kernel/m/lib/modules/$release
}

fetch_kernel() {
	local line version packages archive
	update_list
	line=$(awk -v wanted="$flavour" '$3 == wanted' "$cache/apt/images" |
		grep -E "(^${wanted//./\\.}([.~-]|\$)|^[^ ]+ ${wanted//./\\.} )" | tail -n 1) || true
	[ -n "$line" ] || die "found no $flavour kernel $wanted (try --list)"
	read -r version release _ packages <<<"$line"
	rm -rf "$kernel"
	mkdir -p "$kernel/dl" "$kernel/x" "$kernel/m/lib/modules"
	note "downloading linux $version ($release)"
	packages="linux-image-$release $packages"
	# shellcheck disable=SC2046,SC2086 -- lists of names
	(cd "$kernel/dl" && apt-get "${apt_options[@]}" download $(printf "%s=$version " $packages)) >>"$kernel/dl.log" 2>&1 ||
		die "download of $packages failed (see $kernel/dl.log)"
	for archive in "$kernel"/dl/*.deb; do dpkg-deb -x "$archive" "$kernel/x"; done
	mv "$kernel"/x/usr/lib/modules/* "$kernel/m/lib/modules/" 2>/dev/null || mv "$kernel"/x/lib/modules/* "$kernel/m/lib/modules/"
	cp "$(find "$kernel/x" "$kernel/m" -name 'config*' -type f -size +20k | head -1)" "$kernel/config"
	unpack_image "$(find "$kernel/x" "$kernel/m" -name 'vmlinuz*' -type f | head -1)" >"$kernel/vmlinux"
	find "$kernel/m" -name '*.ko.xz' -print0 | xargs -0 -r -P2 -n64 xz -d
	depmod -b "$kernel/m" "$release"
	echo "$release" >"$kernel/release"
	rm -rf "$kernel/x" "$kernel/dl"
	touch "$kernel/ok"
	note 'kernel unpacked'
}

# The bzImage's payload: qemu starts it by PVH, and the guest need not unpack it.
unpack_image() {
	local offset length unpacker
	offset=$((($(number_at "$1" 497 1) + 1) * 512 + $(number_at "$1" 584 4)))
	length=$(($(number_at "$1" 588 4) - 4))
	case $(od -An -tx1 "-j$offset" -N4 "$1" | tr -d ' ') in
	02214c18) unpacker='lz4 -dc' ;;
	28b52ffd) unpacker='zstd -dc' ;;
	fd377a58) unpacker='xz -dc' ;;
	1f8b08*) unpacker='gzip -dc' ;;
	*) die 'unknown kernel compression' ;;
	esac
	dd if="$1" bs=64k iflag=skip_bytes,count_bytes skip=$offset count=$length status=none | $unpacker
}
number_at() { od -An "-tu$3" "-j$2" "-N$3" "$1" | tr -d ' '; }

provide_initramfs() { # sets initramfs, initramfs_key
	local source_key init
	source_key=$(cat "$here"/kernel/guest* | sha256sum | cut -c1-16)
	init=$cache/init-$source_key
	[ -x "$init" ] || { gcc -O2 -static -s -o "$init.tmp" "$here"/kernel/guest_*.c && mv "$init.tmp" "$init"; }
	initramfs_key=$(printf '%s\n%s' "$init" "$modules" | sha256sum | cut -c1-16)
	initramfs=$kernel/initrd-$initramfs_key.cpio
	[ -e "$initramfs" ] || pack_initramfs "$init"
}

pack_initramfs() { # INIT
	local work module verb file target count=0
	local -A seen=()
	work=$(mktemp -d)
	mkdir -p "$work/mod" "$work/dev" "$work/proc" "$work/sys"
	cp "$1" "$work/init"
	mknod "$work/dev/console" c 5 1
	: >"$work/modules.list"
	for module in virtio_pci virtio_console fuse virtiofs overlay $modules; do
		while read -r verb file _; do
			[ "$verb" = insmod ] && [ -z "${seen[$file]:-}" ] || continue
			seen[$file]=1
			count=$((count + 1))
			target=$(printf '/mod/%03d-%s' $count "$(basename "$file")")
			cp "$file" "$work$target"
			echo "$target" >>"$work/modules.list"
		done < <(modprobe -d "$kernel/m" -S "$release" --show-depends "$module" 2>/dev/null || true)
	done
	(cd "$work" && find . | LC_ALL=C sort | cpio -o -H newc --quiet) >"$initramfs.tmp"
	mv "$initramfs.tmp" "$initramfs"
	rm -rf "$work"
	note "initramfs made ($count modules)"
}
