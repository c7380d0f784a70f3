// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "base/hresult.h"

namespace wms {

std::string_view HResultName(HResult hr) {
  switch (hr) {
#define WMS_HRESULT_NAME(name, value, text) \
  case HResult::name:                       \
    return #name;
    WMS_HRESULT_TABLE(WMS_HRESULT_NAME)
#undef WMS_HRESULT_NAME
  }
  return "HRESULT";
}

std::string_view HResultText(HResult hr) {
  switch (hr) {
#define WMS_HRESULT_TEXT(name, value, text) \
  case HResult::name:                       \
    return text;
    WMS_HRESULT_TABLE(WMS_HRESULT_TEXT)
#undef WMS_HRESULT_TEXT
  }
  return "a code that the push protocol does not use";
}

}  // namespace wms
