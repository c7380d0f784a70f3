// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "config.h"

#include "glib/ref.h"
#include "pushsink/kerberos_client.h"

#include <glib.h>

#ifdef HAVE_GSSAPI
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#endif

#include <mutex>
#include <utility>

namespace wms {

#ifdef HAVE_GSSAPI

namespace {

gss_OID_desc kSpnego{6, const_cast<char*>("\x2b\x06\x01\x05\x05\x02")};

class Buffer {
 public:
  Buffer() = default;
  ~Buffer() {
    OM_uint32 minor = 0;
    gss_release_buffer(&minor, &buffer_);
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  gss_buffer_t get() { return &buffer_; }
  bool empty() const { return buffer_.length == 0; }
  std::string Base64() const {
    const glib::Chars text(g_base64_encode(
        static_cast<const guchar*>(buffer_.value), buffer_.length));
    return text.get();
  }
  std::string text() const {
    return {static_cast<const char*>(buffer_.value), buffer_.length};
  }

 private:
  gss_buffer_desc buffer_ = GSS_C_EMPTY_BUFFER;
};

/// A buffer of ours for the library to read.
gss_buffer_desc View(const std::string& text) {
  return {text.size(), const_cast<char*>(text.data())};
}

/// What came of a call that was made in a thread of its own.
struct Attempt {
  std::optional<std::string> token;
  std::string why;  ///< there is none
};

const char* Describe(glib::Unattended reason) {
  switch (reason) {
    case glib::Unattended::kCancelled:
      return "the wait for the key distribution centre was called off";
    case glib::Unattended::kTimeout:
      return "the key distribution centre does not answer";
    case glib::Unattended::kNoThread:
      break;
  }
  return "there is no thread to be had for asking the key distribution centre";
}

template <typename Job>
Attempt AskCentre(const glib::WaitLimit& limit, Job job) {
  auto outcome = glib::RunAside(limit, std::move(job));
  if (auto* attempt = std::get_if<Attempt>(&outcome)) {
    return std::move(*attempt);
  }
  return {std::nullopt, Describe(std::get<glib::Unattended>(outcome))};
}

/// What the library says of the mechanism's failure, in one line. It names
/// realms and services, and no secret.
std::string Describe(OM_uint32 major, OM_uint32 minor) {
  std::string text;
  for (const auto& [code, type] :
       {std::pair{major, GSS_C_GSS_CODE}, std::pair{minor, GSS_C_MECH_CODE}}) {
    OM_uint32 ignored = 0;
    OM_uint32 more = 0;
    Buffer line;
    if (GSS_ERROR(gss_display_status(&ignored, code, type, GSS_C_NO_OID, &more,
                                     line.get())) == 0) {
      text += (text.empty() ? "" : ": ") + line.text();
    }
  }
  return text;
}

}  // namespace

struct KerberosClient::State {
  ~State() {
    OM_uint32 minor = 0;
    ResetContext();
    gss_release_name(&minor, &service);
    gss_release_cred(&minor, &credential);
  }
  void ResetContext() {
    OM_uint32 minor = 0;
    if (context != GSS_C_NO_CONTEXT) {
      gss_delete_sec_context(&minor, &context, GSS_C_NO_BUFFER);
    }
  }
  bool ImportService(const std::string& host, std::string* why);
  bool Acquire(const std::string& user, const std::string& password,
               std::string* why);
  /// False when the library refuses; the token may be empty.
  bool Step(const std::string& token, Buffer& out, std::string* why);

  // Held while the library works: a call that was left to itself may still.
  std::mutex mutex;
  gss_name_t service = GSS_C_NO_NAME;
  gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
  gss_ctx_id_t context = GSS_C_NO_CONTEXT;
  bool complete = false;
};

bool KerberosClient::State::ImportService(const std::string& host,
                                          std::string* why) {
  const std::string name = "HTTP@" + host;
  gss_buffer_desc view = View(name);
  OM_uint32 minor = 0;
  const OM_uint32 major =
      gss_import_name(&minor, &view, GSS_C_NT_HOSTBASED_SERVICE, &service);
  if (GSS_ERROR(major) == 0) return true;
  *why = Describe(major, minor);
  return false;
}

bool KerberosClient::State::Acquire(const std::string& user,
                                    const std::string& password,
                                    std::string* why) {
  gss_OID_set_desc spnego{1, &kSpnego};
  gss_OID_set_desc kerberos{1, gss_mech_krb5};
  OM_uint32 minor = 0;
  OM_uint32 major = 0;
  if (user.empty()) {
    major = gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &spnego,
                             GSS_C_INITIATE, &credential, nullptr, nullptr);
  } else {
    gss_buffer_desc view = View(user);
    gss_name_t name = GSS_C_NO_NAME;
    major = gss_import_name(&minor, &view, GSS_C_NT_USER_NAME, &name);
    if (GSS_ERROR(major) == 0) {
      gss_buffer_desc secret = View(password);
      major = gss_acquire_cred_with_password(
          &minor, name, &secret, GSS_C_INDEFINITE, &spnego, GSS_C_INITIATE,
          &credential, nullptr, nullptr);
      OM_uint32 ignored = 0;
      gss_release_name(&ignored, &name);
    }
  }
  // Other mechanisms within SPNEGO are not for this class.
  if (GSS_ERROR(major) == 0) {
    major = gss_set_neg_mechs(&minor, credential, &kerberos);
  }
  if (GSS_ERROR(major) == 0) return true;
  *why = Describe(major, minor);
  return false;
}

bool KerberosClient::State::Step(const std::string& token, Buffer& out,
                                 std::string* why) {
  gss_buffer_desc in = View(token);
  OM_uint32 minor = 0;
  const OM_uint32 major = gss_init_sec_context(
      &minor, credential, &context, service, &kSpnego, GSS_C_MUTUAL_FLAG,
      GSS_C_INDEFINITE, GSS_C_NO_CHANNEL_BINDINGS,
      token.empty() ? GSS_C_NO_BUFFER : &in, nullptr, out.get(), nullptr,
      nullptr);
  complete = major == GSS_S_COMPLETE;
  if (GSS_ERROR(major) == 0) return true;
  *why = Describe(major, minor);
  return false;
}

std::unique_ptr<KerberosClient> KerberosClient::Create(
    const std::string& host, const std::string& user,
    const std::string& password, const glib::WaitLimit& limit,
    std::string* why) {
  const auto state = std::make_shared<State>();
  const Attempt attempt =
      AskCentre(limit, [state, host, user, password]() -> Attempt {
        const std::lock_guard lock(state->mutex);
        std::string reason;
        if (!state->ImportService(host, &reason) ||
            !state->Acquire(user, password, &reason)) {
          return {std::nullopt, reason};
        }
        return {std::string(), std::string()};
      });
  *why = attempt.why;
  if (!attempt.token) return nullptr;
  return std::unique_ptr<KerberosClient>(new KerberosClient(state));
}

std::optional<std::string> KerberosClient::FirstToken(
    const glib::WaitLimit& limit, std::string* why) {
  Attempt attempt = AskCentre(limit, [state = state_]() -> Attempt {
    const std::lock_guard lock(state->mutex);
    state->ResetContext();
    Buffer out;
    std::string reason;
    if (!state->Step({}, out, &reason) || out.empty()) {
      return {std::nullopt, reason};
    }
    return {out.Base64(), std::string()};
  });
  *why = attempt.why;
  return attempt.token;
}

std::optional<std::string> KerberosClient::NextToken(const std::string& token) {
  const std::lock_guard lock(state_->mutex);
  if (state_->complete || state_->context == GSS_C_NO_CONTEXT) {
    return std::nullopt;
  }
  gsize size = 0;
  const std::unique_ptr<guchar, glib::Deleter<g_free>> bytes(
      g_base64_decode(token.c_str(), &size));
  if (size == 0) return std::nullopt;
  Buffer out;
  std::string ignored;
  const std::string in(reinterpret_cast<const char*>(bytes.get()), size);
  if (!state_->Step(in, out, &ignored) || out.empty()) return std::nullopt;
  return out.Base64();
}

#else

struct KerberosClient::State {};

std::unique_ptr<KerberosClient> KerberosClient::Create(
    const std::string& /*host*/, const std::string& /*user*/,
    const std::string& /*password*/, const glib::WaitLimit& /*limit*/,
    std::string* why) {
  *why = "this build has no GSSAPI";
  return nullptr;
}

std::optional<std::string> KerberosClient::FirstToken(
    const glib::WaitLimit& /*limit*/, std::string* /*why*/) {
  return std::nullopt;
}

std::optional<std::string> KerberosClient::NextToken(
    const std::string& /*token*/) {
  return std::nullopt;
}

#endif

KerberosClient::KerberosClient(std::shared_ptr<State> state)
    : state_(std::move(state)) {}
KerberosClient::~KerberosClient() = default;

}  // namespace wms
