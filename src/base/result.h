// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/hresult.h"

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace wms {

/// Who has to act for an error to go away.
enum class Fault {
  kLocal,      ///< our caller: an argument, a state, the data given to us
  kPeer,       ///< the server or the encoder at the other end
  kNetwork,    ///< what lies between
  kCancelled,  ///< nobody: this side asked for it
};

/// Why something failed, for programs and for people.
struct Error {
  HResult hresult = HResult::E_FAIL;
  Fault fault = Fault::kLocal;
  /// What is wrong and what to do about it: one sentence without secrets.
  std::string message;
  /// Status of the HTTP response that said so, 0 when there is none.
  unsigned http_status = 0;
  /// Seconds that the response asks to wait (Retry-After), 0 when it does not.
  unsigned retry_after_s = 0;
};

/// That something cannot be done on this machine or as it was asked for.
inline Error LocalError(std::string message) {
  return {HResult::E_FAIL, Fault::kLocal, std::move(message)};
}

/// A value or the reason why there is none; the shape of std::expected, so
/// that it can give way to it.
template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: a function returns its value or its error as it is.
  // What leads to an error is cold: compilers keep it out of the way of what
  // runs with each packet.
  Result(T value) : content_(std::move(value)) {}                    // NOLINT
  [[gnu::cold]] Result(Error error) : content_(std::move(error)) {}  // NOLINT

  bool has_value() const { return std::holds_alternative<T>(content_); }
  explicit operator bool() const { return has_value(); }

  T& value() {
    assert(has_value());
    return *std::get_if<T>(&content_);
  }
  const T& value() const {
    assert(has_value());
    return *std::get_if<T>(&content_);
  }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    assert(!has_value());
    return *std::get_if<Error>(&content_);
  }

 private:
  std::variant<T, Error> content_;
};

/// Success without a value, or the reason why not.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  [[gnu::cold]] Result(Error error)  // NOLINT: as above
      : error_(std::move(error)) {}

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  const Error& error() const {
    assert(error_.has_value());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace wms
