#pragma once

#include <napi.h>

namespace heddle {

class Environment;

// Each adds its part to the exports.
void exportMap(Environment& environment, Napi::Env env, Napi::Object exports);
void exportProgram(Environment& environment, Napi::Env env, Napi::Object exports);
void exportObject(Environment& environment, Napi::Env env, Napi::Object exports);
void exportLink(Environment& environment, Napi::Env env, Napi::Object exports);
void exportAttach(Napi::Env env, Napi::Object exports);
void exportRingReader(Napi::Env env, Napi::Object exports);
void exportHttpProxy(Napi::Env env, Napi::Object exports);
void exportNetlink(Napi::Env env, Napi::Object exports);
void exportNetns(Napi::Env env, Napi::Object exports);
void exportSysctl(Napi::Env env, Napi::Object exports);
void exportSystem(Napi::Env env, Napi::Object exports);

}  // namespace heddle
