#include "errors.h"

namespace heddle {

static std::string describeValue(Napi::Value value) {
	switch (value.Type()) {
	case napi_undefined: return "undefined";
	case napi_null: return "null";
	case napi_boolean: return value.As<Napi::Boolean>().Value() ? "true" : "false";
	case napi_number: return "the number " + value.ToString().Utf8Value();
	case napi_string: {
		std::string text = value.As<Napi::String>().Utf8Value();
		if (text.size() > 60) text = text.substr(0, 60) + "…";
		return "the string \"" + text + "\"";
	}
	case napi_function: return "a function";
	case napi_bigint: return "a bigint";
	case napi_symbol: return "a symbol";
	default: break;
	}
	if (value.IsTypedArray()) return "a typed array of " + std::to_string(value.As<Napi::TypedArray>().ByteLength()) + " bytes";
	if (value.IsArray()) return "an array";
	return "an object";
}

static void setDetails(Napi::Env env, Napi::Object object, const Status& status) {
	object.Set("code", Napi::String::New(env, status.code));
	if (status.error != 0) object.Set("errno", Napi::Number::New(env, status.error));
	if (!status.syscall.empty()) object.Set("syscall", Napi::String::New(env, status.syscall));
	for (const Detail& detail : status.details) {
		if (detail.isNumber) object.Set(detail.name, Napi::Number::New(env, detail.number));
		else object.Set(detail.name, Napi::String::New(env, detail.text));
	}
}

Napi::Error toError(Napi::Env env, const Status& status) {
	Napi::Error error = Napi::Error::New(env, status.message);
	setDetails(env, error.Value(), status);
	return error;
}

Napi::Value throwStatus(Napi::Env env, const Status& status) {
	if (!env.IsExceptionPending()) toError(env, status).ThrowAsJavaScriptException();
	return env.Undefined();
}

Napi::Value throwClosed(Napi::Env env, const char* what) {
	return throwStatus(env, Status::of("ERR_CLOSED", std::string(what) + " is closed"));
}

Napi::Value throwArgument(Napi::Env env, const char* argument, const std::string& expected, Napi::Value found) {
	return throwArgument(env, argument, expected, describeValue(found));
}

Napi::Value throwArgument(Napi::Env env, const char* argument, const std::string& expected, const std::string& found) {
	if (env.IsExceptionPending()) return env.Undefined();
	Napi::TypeError error = Napi::TypeError::New(env, std::string(argument) + ": expected " + expected + ", found " + found);
	error.Value().Set("code", Napi::String::New(env, "ERR_INVALID_ARGUMENT"));
	error.ThrowAsJavaScriptException();
	return env.Undefined();
}

}  // namespace heddle
