#pragma once

#include "status.h"

namespace heddle {

/** TCX links: asked by an attach that must fail, for ENODEV where the kernel knows them and EINVAL where not. */
Status probeTcx(bool& available);
bool probeNetkit();
bool probeLpmBatch();

}  // namespace heddle
