// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "loopback/two_addresses.h"

#include "common/loopback_address.h"
#include "loopback/expect.h"

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>

namespace {

/// 127.0.0.2, where nobody is at home.
constexpr std::uint32_t kDead = INADDR_LOOPBACK + 1;

struct TwoResolver {
  GResolver parent;
  std::atomic<unsigned>* lookups;
};

struct TwoResolverClass {
  GResolverClass parent;
};

GType two_resolver_get_type();

G_DEFINE_TYPE(TwoResolver, two_resolver, G_TYPE_RESOLVER)

void LookupWithFlags(GResolver* resolver, const gchar* name,
                     GResolverNameLookupFlags flags, GCancellable* cancellable,
                     GAsyncReadyCallback callback, gpointer data) noexcept {
  const auto task = wms::glib::Ref<GTask>::Take(
      g_task_new(resolver, cancellable, callback, data));
  // Who asks for both families at a time asks twice.
  const bool ipv6 = (flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY) != 0;
  if (ipv6 || g_strcmp0(name, wms::test::TwoAddresses::kName) != 0) {
    g_task_return_new_error(task.get(), G_RESOLVER_ERROR,
                            G_RESOLVER_ERROR_NOT_FOUND, "no such host");
    return;
  }
  ++*reinterpret_cast<TwoResolver*>(resolver)->lookups;
  GList* addresses = nullptr;
  for (const char* text : {"127.0.0.2", "127.0.0.1"})
    addresses = g_list_append(addresses, g_inet_address_new_from_string(text));
  g_task_return_pointer(task.get(), addresses, [](gpointer list) {
    g_resolver_free_addresses(static_cast<GList*>(list));
  });
}

void Lookup(GResolver* resolver, const gchar* name, GCancellable* cancellable,
            GAsyncReadyCallback callback, gpointer data) noexcept {
  LookupWithFlags(resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT,
                  cancellable, callback, data);
}

GList* Finish(GResolver* /*resolver*/, GAsyncResult* result,
              GError** error) noexcept {
  return static_cast<GList*>(g_task_propagate_pointer(G_TASK(result), error));
}

void two_resolver_class_init(TwoResolverClass* klass) {
  klass->parent.lookup_by_name_async = Lookup;
  klass->parent.lookup_by_name_finish = Finish;
  klass->parent.lookup_by_name_with_flags_async = LookupWithFlags;
  klass->parent.lookup_by_name_with_flags_finish = Finish;
}

void two_resolver_init(TwoResolver* resolver) {
  static std::atomic<unsigned> lookups;
  lookups = 0;
  resolver->lookups = &lookups;
}

}  // namespace

namespace wms::test {

TwoAddresses::TwoAddresses(int port, bool silent)
    : before_(glib::Ref<GResolver>::Take(g_resolver_get_default())),
      resolver_(glib::Ref<GResolver>::Take(static_cast<GResolver*>(
          g_object_new(two_resolver_get_type(), nullptr)))) {
  g_resolver_set_default(resolver_.get());
  if (!silent) return;
  silent_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = LoopbackAddress(static_cast<unsigned>(port));
  address.sin_addr.s_addr = htonl(kDead);
  EXPECT(bind(silent_, reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) == 0 &&
             listen(silent_, 0) == 0,
         "127.0.0.2 is not to be had");
  filler_ = std::make_unique<BacklogFiller>(port, kDead);
}

TwoAddresses::~TwoAddresses() {
  g_resolver_set_default(before_.get());
  if (silent_ >= 0) close(silent_);
}

unsigned TwoAddresses::lookups() const {
  return *reinterpret_cast<TwoResolver*>(resolver_.get())->lookups;
}

}  // namespace wms::test
