// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/hresult.h"

#include <gst/check/gstcheck.h>
// A macro of check's that the standard streams have a member of the name of.
#undef fail

#include <string>

/// Fails the running test when @a condition does not hold; @a context, a
/// std::string, is made only then.
#define EXPECT(condition, context)                                      \
  do {                                                                  \
    if (!(condition)) {                                                 \
      ck_abort_msg("%s: %s", #condition, std::string(context).c_str()); \
    }                                                                   \
  } while (0)

/// Fails the running test unless @a expression is @a wanted, both HResult.
#define EXPECT_HRESULT(expression, wanted)                               \
  do {                                                                   \
    const wms::HResult hresult_found = (expression);                     \
    if (hresult_found != (wanted)) {                                     \
      ck_abort_msg("%s: %s instead of %s", #expression,                  \
                   std::string(wms::HResultName(hresult_found)).c_str(), \
                   std::string(wms::HResultName(wanted)).c_str());       \
    }                                                                    \
  } while (0)
