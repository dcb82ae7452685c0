# SPDX-License-Identifier: Apache-2.0
# Inside a mount namespace of its own: what the guest sees of the host, served by virtiofsd. Started by machine.sh with
# job, module_tree, virtiofsd and writable_list in the environment.
set -e

mount --bind / "$job/root"
while read -r _ _ _ _ point rest; do
	type=${rest#*- }
	type=${type%% *}
	point=$(printf %b "$point")
	case $point in / | /proc | /proc/* | /sys | /sys/* | /dev | /dev/* | /run | /run/* | "$job"*) continue ;; esac
	case $type in proc | sysfs | devtmpfs | devpts | cgroup* | bpf | tracefs | debugfs | mqueue | nsfs) continue ;; esac
	# Others may unmount what they mounted while this looks.
	mount --bind "$point" "$job/root$point" 2>/dev/null || {
		mountpoint -q "$point" || continue
		exit 1
	}
	mount -o remount,bind,ro "$job/root$point"
done </proc/self/mountinfo
mount -t tmpfs tmpfs "$job/root/run"
mkdir "$job/root/run/rok" "$job/root/run/modules"
cp "$job"/job/* "$job/root/run/rok/"
date +%s.%N >"$job/root/run/rok/epoch"
mount --bind "$module_tree" "$job/root/run/modules"
mount -o remount,bind,ro "$job/root"

i=0
while read -r folder; do
	[ -n "$folder" ] || continue
	"$virtiofsd" --socket-path="$job/rw$i.sock" -o source="$folder" -o cache=auto -o sandbox=chroot &
	i=$((i + 1))
done <<<"$writable_list"
exec "$virtiofsd" --socket-path="$job/root.sock" -o source="$job/root" -o cache=always -o sandbox=chroot
