#include "arguments.h"

#include <climits>
#include <cmath>

#include "errors.h"

namespace heddle {

bool readBytes(Napi::Env env, napi_value value, const char* name, Bytes& out) {
	napi_typedarray_type type;
	void* data = nullptr;
	size_t length = 0;
	napi_status status = napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr);
	if (status != napi_ok || (type != napi_uint8_array && type != napi_uint8_clamped_array)) {
		throwArgument(env, name, "a Uint8Array", Napi::Value(env, value));
		return false;
	}
	out.data = static_cast<uint8_t*>(data);
	out.length = length;
	return true;
}

bool readBytes(Napi::Env env, napi_value value, const char* name, size_t minimum, Bytes& out) {
	if (!readBytes(env, value, name, out)) return false;
	if (out.length >= minimum) return true;
	throwArgument(env, name, "at least " + std::to_string(minimum) + " bytes", std::to_string(out.length));
	return false;
}

bool readUint32(Napi::Env env, Napi::Value value, const char* name, uint32_t& out, uint32_t maximum) {
	double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
	if (number >= 0 && number <= maximum && std::floor(number) == number) {
		out = static_cast<uint32_t>(number);
		return true;
	}
	throwArgument(env, name, "an integer from 0 to " + std::to_string(maximum), value);
	return false;
}

bool readString(Napi::Env env, Napi::Value value, const char* name, std::string& out) {
	if (!value.IsString()) {
		throwArgument(env, name, "a string", value);
		return false;
	}
	out = value.As<Napi::String>().Utf8Value();
	if (out.find('\0') == std::string::npos) return true;
	throwArgument(env, name, "a string without NUL", "one with NUL");
	return false;
}

bool readObject(Napi::Env env, Napi::Value value, const char* name, Napi::Object& out) {
	if (!value.IsObject()) {
		throwArgument(env, name, "an object", value);
		return false;
	}
	out = value.As<Napi::Object>();
	return true;
}

bool readFd(Napi::Env env, Napi::Value value, const char* name, int& out) {
	uint32_t number = 0;
	if (!readUint32(env, value, name, number, INT_MAX)) return false;
	out = static_cast<int>(number);
	return true;
}

bool readIfindex(Napi::Env env, Napi::Value value, const char* name, int& out) {
	uint32_t number = 0;
	if (!readUint32(env, value, name, number, INT_MAX)) return false;
	if (number == 0) {
		throwArgument(env, name, "an interface index from 1", "0");
		return false;
	}
	out = static_cast<int>(number);
	return true;
}

bool optionalUint32(Napi::Object object, const char* key, const char* name, uint32_t& out) {
	Napi::Value value = object.Get(key);
	if (value.IsEmpty()) return false;
	return value.IsUndefined() || readUint32(object.Env(), value, name, out);
}

bool optionalString(Napi::Object object, const char* key, const char* name, std::string& out) {
	Napi::Value value = object.Get(key);
	if (value.IsEmpty()) return false;
	return value.IsUndefined() || readString(object.Env(), value, name, out);
}

bool optionalBoolean(Napi::Object object, const char* key, const char* name, bool& out) {
	Napi::Value value = object.Get(key);
	if (value.IsEmpty()) return false;
	if (value.IsUndefined()) return true;
	if (!value.IsBoolean()) {
		throwArgument(object.Env(), name, "a boolean", value);
		return false;
	}
	out = value.As<Napi::Boolean>().Value();
	return true;
}

bool optionalFd(Napi::Object object, const char* key, const char* name, int& out) {
	Napi::Value value = object.Get(key);
	if (value.IsEmpty()) return false;
	return value.IsUndefined() || readFd(object.Env(), value, name, out);
}

}  // namespace heddle
