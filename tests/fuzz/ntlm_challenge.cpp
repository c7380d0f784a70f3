// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "fuzz/fuzz_target.h"
#include "pushsink/ntlm.h"

using namespace wms;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ntlm::Login login = ntlm::MakeLogin("STUDIO\\encoder", "a secret");
  const ntlm::Freshness freshness;
  const Result<ntlm::Message> answer =
      ntlm::AuthenticateMessage(Bytes(data, size), login, freshness);
  if (!answer) return 0;
  // What a server says of itself comes back, and a little of ours.
  FUZZ_EXPECT(answer->size() > 64 && answer->size() < size + 1024);
  return 0;
}
