#pragma once

#include <napi.h>

#include "status.h"

namespace heddle {

Napi::Error toError(Napi::Env env, const Status& status);
/** Throws, and returns undefined to return from a method. */
Napi::Value throwStatus(Napi::Env env, const Status& status);
Napi::Value throwClosed(Napi::Env env, const char* what);
/** TypeError with ERR_INVALID_ARGUMENT: names the argument, what was expected, what was found. */
Napi::Value throwArgument(Napi::Env env, const char* argument, const std::string& expected, Napi::Value found);
Napi::Value throwArgument(Napi::Env env, const char* argument, const std::string& expected, const std::string& found);

}  // namespace heddle
