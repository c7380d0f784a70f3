// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// How often memory is allocated and a lock is taken for a packet once a stream
// flows, in the thread that pushes it.
//
//     bench-allocations [--packet-size=1400] [--packets=100000]
//
// Prints counts per packet for fakesink, which is what GStreamer itself does,
// tcpclientsink and wmspushsink, and of those the calls that come from the
// plugin and the library of this project. Fails when there are any of the
// latter. As many packets go before as are counted, so that what grows has
// grown; all of them together stay below the 2 GB of a PushStart, whose head
// takes a dozen allocations.

#include "command_line.h"
#include "draining_peer.h"
#include "sinks.h"

#include <gst/gst.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <string>

namespace {

struct Range {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};

struct Counts {
  std::uint64_t allocations = 0;
  std::uint64_t locks = 0;
  std::uint64_t own_allocations = 0;  // called by our libraries
  std::uint64_t own_locks = 0;
};

thread_local bool counting = false;
thread_local Counts counts;
std::array<Range, 2> own_code;

bool IsOwn(const void* caller) {
  const auto address = reinterpret_cast<std::uintptr_t>(caller);
  for (const Range& range : own_code) {
    if (address >= range.begin && address < range.end) return true;
  }
  return false;
}

void CountAllocation(const void* caller) {
  if (!counting) return;
  ++counts.allocations;
  if (IsOwn(caller)) ++counts.own_allocations;
}

void CountLock(const void* caller) {
  if (!counting) return;
  ++counts.locks;
  if (IsOwn(caller)) ++counts.own_locks;
}

/// The function of this name that would have been called without this
/// program's.
template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int NoteOwnCode(dl_phdr_info* info, std::size_t /*size*/, void* data) {
  const char* const names[] = {"libgstwmspush", "libwmspush-1"};
  auto* ranges = static_cast<std::array<Range, 2>*>(data);
  for (std::size_t i = 0; i < ranges->size(); ++i) {
    if (std::strstr(info->dlpi_name, names[i]) == nullptr) continue;
    for (int part = 0; part < info->dlpi_phnum; ++part) {
      const ElfW(Phdr)& header = info->dlpi_phdr[part];
      if (header.p_type != PT_LOAD || (header.p_flags & PF_X) == 0) continue;
      (*ranges)[i].begin = info->dlpi_addr + header.p_vaddr;
      (*ranges)[i].end = (*ranges)[i].begin + header.p_memsz;
    }
  }
  return 0;
}

}  // namespace

// These stand in front of those of the C library and of GLib. The C library
// has its own under other names, which spares a call of dlsym that allocates.
extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  CountAllocation(__builtin_return_address(0));
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  CountAllocation(__builtin_return_address(0));
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  CountAllocation(__builtin_return_address(0));
  return __libc_realloc(memory, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  CountAllocation(__builtin_return_address(0));
  *memory = __libc_memalign(alignment, size);
  return *memory != nullptr ? 0 : ENOMEM;
}

int pthread_mutex_lock(pthread_mutex_t* mutex) {
  static auto* const next = Next<int(pthread_mutex_t*)>("pthread_mutex_lock");
  CountLock(__builtin_return_address(0));
  return next(mutex);
}
void g_mutex_lock(GMutex* mutex) {
  static auto* const next = Next<void(GMutex*)>("g_mutex_lock");
  CountLock(__builtin_return_address(0));
  next(mutex);
}

}  // extern "C"

void* operator new(std::size_t size) {
  CountAllocation(__builtin_return_address(0));
  void* memory = __libc_malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

namespace {

Counts Measure(const std::string& factory, guint32 packet_size, gint packets) {
  const wms::bench::DrainingPeer peer;
  GstElement* sink = wms::bench::MakeSink(factory, peer.port());
  if (sink == nullptr) std::exit(2);
  wms::bench::SinkUnderLoad load(sink, packet_size);
  dl_iterate_phdr(NoteOwnCode, &own_code);
  // Until it flows, and what is under way has been as much as it gets.
  for (gint i = 0; i < packets; ++i)
    load.Push();
  counts = {};
  counting = true;
  for (gint i = 0; i < packets; ++i)
    load.Push();
  counting = false;
  return counts;
}

}  // namespace

int main(int argc, char** argv) {
  gint packet_size = 1400;
  gint packets = 100000;
  const GOptionEntry entries[] = {
      {"packet-size", 0, 0, G_OPTION_ARG_INT, &packet_size, "bytes per packet",
       "N"},
      {"packets", 0, 0, G_OPTION_ARG_INT, &packets,
       "how many are counted, after as many that are not", "N"},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  if (!wms::bench::ParseCommandLine(argc, argv, entries,
                                    gst_init_get_option_group())) {
    return 2;
  }
  if (packets < 1 || packet_size < 100 || packet_size > 65535) return 2;
  bool own = false;
  for (const char* factory : {"fakesink", "tcpclientsink", "wmspushsink"}) {
    const Counts found =
        Measure(factory, static_cast<guint32>(packet_size), packets);
    const auto each = [packets](std::uint64_t count) {
      return static_cast<double>(count) / packets;
    };
    std::printf(
        "%-14s %.4f allocations, %.4f locks per packet; by this project "
        "%llu allocations, %llu locks in %d packets\n",
        factory, each(found.allocations), each(found.locks),
        static_cast<unsigned long long>(found.own_allocations),
        static_cast<unsigned long long>(found.own_locks), packets);
    own = own || found.own_allocations + found.own_locks > 0;
  }
  return own ? 1 : 0;
}
