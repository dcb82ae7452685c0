#pragma once

#include <napi.h>

#include "fd.h"

namespace heddle {

/** First argument: a bpffs path. false after throwing. */
bool openPin(const Napi::CallbackInfo& info, Fd& out);
Napi::Value pinTo(const Napi::CallbackInfo& info, int fd);

}  // namespace heddle
