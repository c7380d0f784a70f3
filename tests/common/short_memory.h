// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace wms::test {

// One allocation of a process fails, and only one: GLib needs some memory
// itself to say that there is none. The program has to be linked with its
// symbols exported, and no sanitizer may have an allocator of its own.

/// Lets the @a nth allocation from now on fail, 0 for none: of the processes
/// that ForkVictim has made, or of this one when it has made none.
void FailAllocation(int nth);

/// Whether that has happened since.
bool AllocationHasFailed();

/// fork(), with an alarm, without cores, and with what the child says on stderr
/// in the file @a messages. From now on FailAllocation is about the child.
pid_t ForkVictim(const std::string& messages);

/// What becomes of a process that lacks memory.
enum class End {
  kOrderly,  ///< it has ended by itself, or by a signal of the test
  kMessage,  ///< it has given up with a message, as GLib and C++ have it
  kCrash,
};

/// @param status of waitpid().
End EndOfVictim(int status, const std::string& messages);

}  // namespace wms::test
