// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#pragma once

#include "base/result.h"
#include "base/strictness.h"

#include <string>
#include <string_view>

namespace wms::wmhttp {

/// First product of a User-Agent or Server header: "WMEncoder/11.0.5721.5145".
struct Product {
  std::string token;
  unsigned major_version = 0;
  unsigned minor_version = 0;
};

/// Reads a header value by the grammar of 2.2.1.8 and [MS-WMSP] 2.2.1.5: a
/// token, "/", major and minor version, perhaps two build numbers, and any
/// products after a space. Fails with NS_E_BAD_REQUEST.
Result<Product> ParseProduct(std::string_view value);

/// True for "WMEncoder" with a version of the table of 2.2.1.8.
bool IsPushClient(const Product& product);

/// True for the server-tokens of [MS-WMSP] 2.2.1.5, "Cougar" and "Rex", which
/// 3.1.5.1 asks for. The versions in the table there are not all there are:
/// Windows Server 2008 R2 is Cougar 9.6.
bool IsPushServer(const Product& product);

/// Checks a whole User-Agent header: its grammar and its version. A tolerant
/// receiver takes a comment, one build number, and build numbers of five
/// digits, which encoders of Windows 7 and later have.
Result<void> CheckUserAgent(std::string_view value,
                            Strictness strictness = Strictness::kTolerant);

/// True when the header's first product is "WMEncoder", whatever follows:
/// who sends another is no push client but a web client (3.2.5.1).
bool NamesPushClient(std::string_view value);

/// Checks the Server header of a response, "" when it is missing; fails with
/// NS_E_INCOMPATIBLE_PUSH_SERVER as 3.1.5.1 demands. Build numbers may have
/// five digits, as those of Windows Server 2008 and later have.
Result<void> CheckServer(std::string_view value);

}  // namespace wms::wmhttp
