# SPDX-License-Identifier: Apache-2.0
# The virtual machine: snapshot, restore, shares, output. Sourced by run-on-kernel.
# File descriptors: 6 the guest's control port, 7 and 8 qemu's monitor.

qemu=${ROK_QEMU:-qemu-system-x86_64}
children=()

open_workspace() { # sets job, ram, snapshot, command_line; removed at exit
	# The guest's memory is a file that qemu and virtiofsd share (and that a restore copies).
	local memory_folder=/dev/shm
	[ -w $memory_folder ] && [ "$(df -m --output=avail $memory_folder | tail -n 1)" -gt "$memory" ] || memory_folder=${TMPDIR:-/tmp}
	job=$(mktemp -d "${TMPDIR:-/tmp}/rok.XXXXXX")
	ram=$(mktemp -d "$memory_folder/rok.XXXXXX")
	trap cleanup EXIT
	trap '' PIPE
	trap 'exit 130' INT
	trap 'exit 143' TERM
	command_line="console=ttyS0 panic=-1 rdinit=/init nokaslr mitigations=off quiet loglevel=3 norandmaps random.trust_cpu=on tsc=reliable no_timer_check audit=0 selinux=0 apparmor=0 nowatchdog cryptomgr.notests rcupdate.rcu_expedited=1 $append"
	snapshot=$kernel/snap-$(printf '%s' "${ROK_CPU-} ${ROK_ACCEL-} $initramfs_key $memory $cpus $command_line $($qemu --version | head -1)" | sha256sum | cut -c1-16)
}

# shellcheck disable=SC2317
cleanup() {
	local pid
	for pid in "${children[@]}"; do kill "$pid" 2>/dev/null || true; done
	for pid in "${children[@]}"; do wait "$pid" 2>/dev/null || true; done
	rm -rf "$job" "$ram"
}

define_machine() { # MORE...: everything that must be the same before and after the snapshot
	machine=("$qemu" -M 'pc,hpet=off,vmport=off,memory-backend=ram' -accel "${ROK_ACCEL:-tcg,thread=multi,tb-size=512}"
		-cpu "${ROK_CPU:-max,-la57,-erms,-fsrm}" -smp "$cpus" -m "$memory"
		-object "memory-backend-file,id=ram,size=${memory}M,mem-path=$ram/ram,share=on"
		-nodefaults -no-user-config -display none -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=0x04
		-chardev "file,id=con,path=$job/console" -serial chardev:con -device virtio-serial-pci,id=vs,max_ports=5
		-chardev "file,id=out,path=$job/out,append=on" -chardev "file,id=err,path=$job/err,append=on"
		-chardev "file,id=ctl,path=$job/ctl,append=on"
		-device virtserialport,bus=vs.0,nr=1,chardev=out,name=out
		-device virtserialport,bus=vs.0,nr=2,chardev=err,name=err
		-device virtserialport,bus=vs.0,nr=3,chardev=ctl,name=ctl
		-chardev "pipe,id=mon,path=$job/mon" -mon chardev=mon,mode=control "$@")
}

start_machine() {
	mkfifo "$job/mon.in" "$job/mon.out" "$job/ctl"
	: >"$job/console"
	told=''
	"${machine[@]}" 9>&- </dev/null >"$job/qemu.log" 2>&1 &
	machine_pid=$!
	children+=($machine_pid)
	exec 6<>"$job/ctl" 7<>"$job/mon.in" 8<>"$job/mon.out"
	await_monitor '"QMP"' || give_up 'qemu did not start'
	monitor qmp_capabilities
}

# The next line of FD, in $line. 1: the machine ended, 142: too late. In slices: the FIFO is ours too, so that a dead
# writer is not seen.
line_of() { # FD SECONDS
	local until=$((SECONDS + $2)) result part=''
	line=''
	while :; do
		result=0
		read -r -t 1 -u "$1" part || result=$?
		line+=$part
		[ $result != 0 ] || return 0
		kill -0 $machine_pid 2>/dev/null || return 1
		[ $SECONDS -lt $until ] || return 142
	done
}

await_monitor() { # TEXT
	local result
	while
		result=0
		line_of 8 60 || result=$?
		[ $result = 0 ]
	do
		case $line in
		*"$1"*) return 0 ;;
		*'"error"'*) monitor_error=$line; return 1 ;;
		esac
	done
	monitor_error="no answer ($result)"
	return 1
}

monitor() { # COMMAND [ARGUMENTS-JSON]
	printf '{"execute":"%s"%s}\n' "$1" "${2:+,\"arguments\":$2}" >&7
	await_monitor '"return"' || give_up "qemu: $1: $monitor_error"
}

# The rest of the guest's next line that starts with WORD, in $line.
await_guest() { # WORD SECONDS
	local result until=$((SECONDS + $2))
	while
		result=0
		line_of 6 $((until - SECONDS)) || result=$?
		[ $result = 0 ]
	do
		case $line in "$1 "*) line=${line#* }; return 0 ;; esac
		told+=$line$'\n'
	done
	return $result
}

give_up() {
	{
		echo "run-on-kernel: $*"
		printf %s "$told"
		tail -n 40 "$job/console" "$job/qemu.log" 2>/dev/null
		grep -avE '^(virtio_|fv_)' "$job/virtiofsd.log" 2>/dev/null || true
	} >&2
	exit 125
}

migration='{"capabilities":[{"capability":"x-ignore-shared","state":true},{"capability":"events","state":true}]}'

make_snapshot() {
	find "$kernel" -maxdepth 1 \( -name 'snap-*' -o -name 'initrd-*' \) -mtime +14 -exec rm -rf {} +
	rm -rf "$snapshot"
	mkdir -p "$snapshot"
	ln -s /dev/null "$job/out"
	ln -s /dev/null "$job/err"
	define_machine -kernel "$kernel/vmlinux" -initrd "$initramfs" -append "$command_line"
	start_machine
	await_guest ready 120 || give_up 'the kernel did not come up'
	note "kernel up (its own clock: $line s) $told"
	sleep 1
	monitor migrate-set-capabilities "$migration"
	monitor migrate "{\"uri\":\"exec:cat >$snapshot/state\"}"
	await_monitor '"status": "completed"' || give_up "no snapshot: $monitor_error"
	monitor quit
	wait $machine_pid || true
	exec 6<&- 7>&- 8<&-
	cp --sparse=always "$ram/ram" "$snapshot/ram"
	rm -f "$ram/ram" "$job"/*
	children=()
	touch "$snapshot/ok"
	note 'snapshot made'
}

write_job() { # COMMAND
	local name i
	mkdir -p "$job/job" "$job/root"
	printf '%s\n' "$1" >"$job/job/cmd"
	printf '%s\n' "$folder" >"$job/job/cwd"
	head -c 64 /dev/urandom >"$job/job/seed"
	{
		printf 'PATH=%s\nHOME=%s\nTERM=dumb\nROK_KERNEL=%s\n' "${PATH:-/usr/sbin:/usr/bin:/sbin:/bin}" "${HOME:-/root}" "$release"
		for name in "${exported[@]}"; do printf '%s=%s\n' "$name" "${!name-}"; done
	} >"$job/job/env"
	: >"$job/job/rw"
	for i in "${!writable[@]}"; do printf 'rokrw%d %s\n' "$i" "${writable[$i]}" >>"$job/job/rw"; done
}

# This root, read-only, with a /run of its own (the command, and the kernel's modules); in a mount namespace that ends
# with virtiofsd.
start_shares() {
	local i
	writable_list=$(printf '%s\n' "${writable[@]}")
	export job module_tree virtiofsd writable_list
	unshare -m --propagation private bash "$here/kernel/share.sh" 9>&- </dev/null >"$job/virtiofsd.log" 2>&1 &
	children+=($!)
	: >"$job/out"
	: >"$job/err"
	await_socket "$job/root.sock" || { cat "$job/virtiofsd.log" >&2; die 'virtiofsd did not start'; }
	note 'share ready'
}

await_socket() { # PATH
	local i
	for ((i = 0; i < 500; i++)); do
		[ ! -S "$1" ] || return 0
		sleep 0.01
	done
	return 1
}

restore_machine() {
	cp --sparse=always "$snapshot/ram" "$ram/ram"
	note 'memory copied'
	define_machine -incoming defer
	start_machine
	monitor migrate-set-capabilities "$migration"
	monitor migrate-incoming "{\"uri\":\"exec:cat $snapshot/state\"}"
	await_monitor '"RESUME"' || give_up "no restore: $monitor_error"
	note 'restored'
}

boot_machine() {
	define_machine -kernel "$kernel/vmlinux" -initrd "$initramfs" -append "$command_line"
	start_machine
}

plug() { # TAG SOCKET
	monitor chardev-add "{\"id\":\"$1\",\"backend\":{\"type\":\"socket\",\"data\":{\"server\":false,\"addr\":{\"type\":\"unix\",\"data\":{\"path\":\"$2\"}}}}}"
	monitor device_add "{\"driver\":\"vhost-user-fs-pci\",\"id\":\"d$1\",\"chardev\":\"$1\",\"tag\":\"$1\",\"queue-size\":1024}"
}

plug_shares() {
	local i
	plug rokroot "$job/root.sock"
	for i in "${!writable[@]}"; do
		await_socket "$job/rw$i.sock" || give_up "no share for ${writable[$i]}"
		plug "rokrw$i" "$job/rw$i.sock"
	done
	note 'plugged'
}

stream_output() { # sets status
	local result=0 out_bytes err_bytes tails i
	tail -c +1 -s 0.05 --pid=$machine_pid -f "$job/out" 6<&- 7>&- 8<&- 9>&- &
	tails=$!
	tail -c +1 -s 0.05 --pid=$machine_pid -f "$job/err" >&2 6<&- 7>&- 8<&- 9>&- &
	tails="$tails $!"
	await_guest rc "$timeout_s" || result=$?
	case $result in
	142)
		kill $machine_pid
		# shellcheck disable=SC2086
		wait $tails || true
		echo "run-on-kernel: no end after $timeout_s s" >&2
		exit 124
		;;
	1)
		# shellcheck disable=SC2086
		wait $tails || true
		give_up 'the machine ended without a status'
		;;
	esac
	read -r status out_bytes err_bytes <<<"$line"
	for ((i = 0; i < 500; i++)); do
		[ "$(stat -c %s "$job/out")" -lt "$out_bytes" ] || [ "$(stat -c %s "$job/err")" -lt "$err_bytes" ] || break
		sleep 0.01
	done
	kill -9 $machine_pid
	wait $machine_pid 2>/dev/null || true
	# shellcheck disable=SC2086
	wait $tails || true
	note 'ended'
	[ -z "$verbose" ] || printf %s "$told" >&2
	[ "$status" != 125 ] || give_up 'the guest gave up'
}
