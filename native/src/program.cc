#include "program.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <cerrno>

#include "modules.h"
#include "pin.h"

namespace heddle {

Status describeProgram(const std::string& name, ProgramSource& out) {
	bpf_prog_info info = {};
	uint32_t length = sizeof(info);
	if (bpf_prog_get_info_by_fd(out.fd.get(), &info, &length) != 0)
		return Status::system(errno, "bpf(BPF_OBJ_GET_INFO_BY_FD)", "program " + name);
	out.name = name.empty() ? info.name : name;
	out.id = info.id;
	out.type = info.type;
	return Status::success();
}

Program::Program(const Napi::CallbackInfo& info) : Wrapped(info) {
	ProgramSource* given = source<ProgramSource>(info);
	if (!given) return;
	fd_ = std::move(given->fd);
	name_ = std::move(given->name);
	id_ = given->id;
	type_ = given->type;
}

Napi::Value Program::openPinned(const Napi::CallbackInfo& info) {
	ProgramSource source;
	if (!openPin(info, source.fd)) return info.Env().Undefined();
	Status status = describeProgram("", source);
	if (status.failed()) return throwStatus(info.Env(), status);
	return create(info.Env(), &source);
}

Napi::Value Program::pin(const Napi::CallbackInfo& info) {
	if (!fd_.valid()) return throwClosed(info.Env(), "program");
	return pinTo(info, fd_.get());
}

Napi::Value Program::close(const Napi::CallbackInfo& info) {
	fd_.reset();
	unlink();
	return info.Env().Undefined();
}

Napi::Function Program::define(Napi::Env env) {
	return DefineClass(env, kName,
		{
			StaticMethod<&Program::openPinned>("openPinned"),
			InstanceAccessor<&Program::nameOf>("name"),
			InstanceAccessor<&Program::idOf>("id"),
			InstanceAccessor<&Program::closed>("closed"),
			InstanceMethod<&Program::testRun>("testRun"),
			InstanceMethod<&Program::testRunAsync>("testRunAsync"),
			InstanceMethod<&Program::pin>("pin"),
			InstanceMethod<&Program::close>("close"),
		});
}

void exportProgram(Environment& environment, Napi::Env env, Napi::Object exports) {
	Napi::Function constructor = Program::define(env);
	environment.programConstructor = Napi::Persistent(constructor);
	exports.Set(Program::kName, constructor);
}

}  // namespace heddle
