#pragma once

#include "dns/engine.h"

namespace heddle::dns {

// Each a line of JSON.
void printLesson(const Lesson& lesson);
void printRecord(const AccessRecord& record);
void printStatistics(const Statistics& counts);
void printKind(const char* kind);
void printListening(uint16_t port);

}  // namespace heddle::dns
