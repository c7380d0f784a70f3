// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "element/no_such_host.h"

namespace {

struct EmptyResolver {
  GResolver parent;
};

struct EmptyResolverClass {
  GResolverClass parent;
};

GType empty_resolver_get_type();

G_DEFINE_TYPE(EmptyResolver, empty_resolver, G_TYPE_RESOLVER)

void Fail(GResolver* resolver, GCancellable* cancellable,
          GAsyncReadyCallback callback, gpointer data) {
  const auto task = wms::glib::Ref<GTask>::Take(
      g_task_new(resolver, cancellable, callback, data));
  g_task_return_new_error(task.get(), G_RESOLVER_ERROR,
                          G_RESOLVER_ERROR_NOT_FOUND, "no such host");
}

void LookupAsync(GResolver* resolver, const gchar* /*name*/,
                 GCancellable* cancellable, GAsyncReadyCallback callback,
                 gpointer data) noexcept {
  Fail(resolver, cancellable, callback, data);
}

void LookupWithFlagsAsync(GResolver* resolver, const gchar* /*name*/,
                          GResolverNameLookupFlags /*flags*/,
                          GCancellable* cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data) noexcept {
  Fail(resolver, cancellable, callback, data);
}

GList* Finish(GResolver* /*resolver*/, GAsyncResult* result,
              GError** error) noexcept {
  return static_cast<GList*>(g_task_propagate_pointer(G_TASK(result), error));
}

void empty_resolver_class_init(EmptyResolverClass* klass) {
  GResolverClass* resolver = &klass->parent;
  resolver->lookup_by_name_async = LookupAsync;
  resolver->lookup_by_name_finish = Finish;
  resolver->lookup_by_name_with_flags_async = LookupWithFlagsAsync;
  resolver->lookup_by_name_with_flags_finish = Finish;
}

void empty_resolver_init(EmptyResolver* /*resolver*/) {}

}  // namespace

namespace wms::test {

NoSuchHost::NoSuchHost()
    : before_(glib::Ref<GResolver>::Take(g_resolver_get_default())) {
  const auto resolver = glib::Ref<GResolver>::Take(
      g_object_new(empty_resolver_get_type(), nullptr));
  g_resolver_set_default(resolver.get());
}

NoSuchHost::~NoSuchHost() {
  g_resolver_set_default(before_.get());
}

}  // namespace wms::test
