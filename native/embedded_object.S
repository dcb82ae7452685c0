/* The BPF object, as it is: loaded from memory by the addon. */
	.section .rodata, "a", %progbits
	.balign 16
	.hidden heddle_object_start
	.global heddle_object_start
heddle_object_start:
	.incbin EMBEDDED_OBJECT
	.hidden heddle_object_end
	.global heddle_object_end
heddle_object_end:
	.byte 0
	.section .note.GNU-stack, "", %progbits
