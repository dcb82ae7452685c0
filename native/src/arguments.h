#pragma once

#include <napi.h>

#include <cstdint>
#include <string>

namespace heddle {

struct Bytes {
	uint8_t* data = nullptr;
	size_t length = 0;
};

// Each reads one argument, or throws a TypeError naming it and returns false.

bool readBytes(Napi::Env env, napi_value value, const char* name, Bytes& out);
/** At least `minimum` bytes. */
bool readBytes(Napi::Env env, napi_value value, const char* name, size_t minimum, Bytes& out);
bool readUint32(Napi::Env env, Napi::Value value, const char* name, uint32_t& out, uint32_t maximum = UINT32_MAX);
bool readString(Napi::Env env, Napi::Value value, const char* name, std::string& out);
bool readObject(Napi::Env env, Napi::Value value, const char* name, Napi::Object& out);
bool readFd(Napi::Env env, Napi::Value value, const char* name, int& out);
bool readIfindex(Napi::Env env, Napi::Value value, const char* name, int& out);

// Properties of an options object; absent leaves `out` as it was.

bool optionalUint32(Napi::Object object, const char* key, const char* name, uint32_t& out);
bool optionalString(Napi::Object object, const char* key, const char* name, std::string& out);
bool optionalBoolean(Napi::Object object, const char* key, const char* name, bool& out);
bool optionalFd(Napi::Object object, const char* key, const char* name, int& out);

}  // namespace heddle
