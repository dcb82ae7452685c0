#pragma once

#include "answer.h"
#include "invocation.h"

namespace heddle::cni {

/** Asks the agent, and gives its answer back as it is; or says why there is none. */
Answer askAgent(const Invocation& invocation);

}  // namespace heddle::cni
