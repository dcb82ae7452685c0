#pragma once

#include "dns/engine.h"

namespace heddle::dns {

// Each a line of JSON.
void printLesson(const ClientInfo& info, const Lesson& lesson);
void printRecord(const ClientInfo& info, const AccessRecord& record);
void printStatistics(const Statistics& counts);
void printKind(const char* kind);
void printListening(uint16_t port);

}  // namespace heddle::dns
