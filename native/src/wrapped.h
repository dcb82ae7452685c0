#pragma once

#include <napi.h>

#include "environment.h"
#include "errors.h"
#include "handle.h"

namespace heddle {

/**
 * Base of every class of the addon. T gives `kName`, `kTag` and `constructor(Environment&)`.
 * The tag keeps an object of another class from being taken for a T.
 */
template <class T>
class Wrapped : public Napi::ObjectWrap<T>, public Handle {
public:
	explicit Wrapped(const Napi::CallbackInfo& info) : Napi::ObjectWrap<T>(info) {
		napi_type_tag_object(info.Env(), info.This(), &T::kTag);
		Environment::of(info.Env()).handles.add(this);
	}

	/** The object behind a JavaScript value, or nullptr after throwing. */
	static T* from(Napi::Env env, Napi::Value value, const char* argument) {
		bool tagged = false;
		if (value.IsObject()) napi_check_object_type_tag(env, value, &T::kTag, &tagged);
		T* object = nullptr;
		if (tagged) napi_unwrap(env, value, reinterpret_cast<void**>(&object));
		if (!object) throwArgument(env, argument, std::string("a ") + T::kName, value);
		return object;
	}

	/** A new JavaScript object around what `source` points to; only C++ can make the external. */
	template <class Source>
	static Napi::Object create(Napi::Env env, Source* source) {
		Napi::External<Source> external = Napi::External<Source>::New(env, source);
		return T::constructor(Environment::of(env)).New({external});
	}

protected:
	/** What create() was given, or nullptr after throwing: the class has no public constructor. */
	template <class Source>
	static Source* source(const Napi::CallbackInfo& info) {
		if (info.Length() == 1 && info[0].IsExternal()) return info[0].As<Napi::External<Source>>().Data();
		throwStatus(info.Env(), Status::of("ERR_INVALID_ARGUMENT", std::string(T::kName) + " has no public constructor"));
		return nullptr;
	}
};

}  // namespace heddle
