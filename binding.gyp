{
	# Thin bridge: the build is described in native/CMakeLists.txt only.
	"targets": [
		{
			"target_name": "heddle",
			"type": "none",
			"actions": [
				{
					"action_name": "build_native_core",
					"message": "Building the native core with CMake",
					"inputs": ["native/CMakeLists.txt"],
					"outputs": ["<(PRODUCT_DIR)/heddle-build-always-runs"],
					"action": ["sh", "scripts/build"]
				}
			]
		}
	]
}
