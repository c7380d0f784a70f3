// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "glib/ref.h"
#include "pubpoint/status.h"
#include "pubpoint/status_text.h"

#include <string_view>

namespace wms::pubpoint {
namespace {

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Publishing points</title>
<style>
:root {
  color-scheme: light dark;
  --back: #f4f5f7; --card: #fff; --text: #1c2530; --soft: #5b6675;
  --line: #dfe3e8; --good: #1a7f37; --warn: #9a6700; --idle: #6e7781;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #14181d; --card: #1d232b; --text: #e4e9ef; --soft: #97a3b2;
    --line: #323b46; --good: #4ac26b; --warn: #d4a72c; --idle: #8b949e;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 64rem; padding: 1rem;
  background: var(--back); color: var(--text);
  font: 16px/1.45 system-ui, "DejaVu Sans", sans-serif;
}
h1 { font-size: 1.35rem; margin: .25rem 0 1rem; }
h2 { font-size: 1.1rem; margin: 0; overflow-wrap: anywhere; }
.figures {
  display: grid; gap: .75rem 1rem; margin: 0;
  grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr));
}
.long { grid-column: span 2; }
dt { color: var(--soft); font-size: .8rem; }
dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
section {
  background: var(--card); border: 1px solid var(--line);
  border-radius: .5rem; padding: 1rem; margin: 0 0 1rem;
}
.title { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem; }
.title form { margin-left: auto; }
.title + .figures, .wide { margin-top: .75rem; }
.badge { font-size: .8rem; font-weight: 600; }
.badge::before { content: "\25CF\00A0"; }
.live { color: var(--good); }
.warn { color: var(--warn); }
.idle { color: var(--idle); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { padding: .3rem .75rem .3rem 0; white-space: nowrap; }
th { text-align: left; color: var(--soft); font-weight: normal; }
td { border-top: 1px solid var(--line); font-variant-numeric: tabular-nums; }
.number { text-align: right; padding-right: 1.5rem; }
.number:last-child { padding-right: 0; }
button {
  font: inherit; font-size: .85rem; color: inherit; background: none;
  border: 1px solid var(--line); border-radius: .35rem;
  padding: .25rem .6rem; cursor: pointer;
}
a { color: inherit; }
footer, .none { color: var(--soft); font-size: .85rem; }
.none { margin: .75rem 0 0; }
</style>
</head>
<body>
<h1>Publishing points</h1>
)";

class Page {
 public:
  explicit Page(std::string token) : token_(std::move(token)) {}

  void Server(const ServerStatus& status);
  void Point(const PointStatus& point, std::int64_t now);
  void End(const ServerStatus& status);
  std::string Take() { return std::move(text_); }

 private:
  void Figure(std::string_view name, const std::string& value,
              bool is_long = false);
  void Title(const PointStatus& point);
  void DisconnectButton(const std::string& path);
  void Push(const PushStatus& push, const Totals& totals, std::int64_t now);
  void Players(const PointStatus& point, std::int64_t now);
  void Cell(const std::string& value, bool number = false);

  const std::string token_;
  std::string text_{kHead};
};

void Page::Figure(std::string_view name, const std::string& value,
                  bool is_long) {
  text_ += is_long ? "<div class=\"long\">" : "<div>";
  text_.append("<dt>").append(name).append("</dt><dd>");
  text_ += EscapeHtml(value) + "</dd></div>\n";
}

void Page::Server(const ServerStatus& status) {
  text_ += "<section>\n<dl class=\"figures\">\n";
  Figure("Up for", DurationText(status.uptime.count()));
  Figure("Pushes now", std::to_string(status.PushCount()));
  Figure("Players now", std::to_string(status.PlayerCount()));
  Figure("Received", BytesText(status.totals.bytes));
  Figure("Sent to players", BytesText(status.totals.sent_bytes));
  Figure("Players dropped", std::to_string(status.totals.dropped_players));
  Figure("Violations", std::to_string(status.totals.violations));
  text_ += "</dl>\n</section>\n";
}

void Page::Title(const PointStatus& point) {
  // A path may hold characters that turn the direction of text around.
  text_ += "<div class=\"title\">\n<h2><bdi>" + EscapeHtml(point.path) +
           "</bdi></h2>\n";
  if (point.push && point.push->state == "interrupted") {
    text_ += "<span class=\"badge warn\">interrupted</span>\n";
  } else if (point.live) {
    text_ += "<span class=\"badge live\">live</span>\n";
  } else {
    text_ += "<span class=\"badge idle\">no stream</span>\n";
  }
  if (point.push && !token_.empty()) DisconnectButton(point.path);
  text_ += "</div>\n";
}

void Page::DisconnectButton(const std::string& path) {
  const glib::Chars escaped(g_uri_escape_string(path.c_str(), nullptr, FALSE));
  text_ += "<form method=\"post\" action=\"/disconnect?point=" +
           EscapeHtml(escaped.get()) +
           "\"><input type=\"hidden\" name=\"token\" value=\"" +
           EscapeHtml(token_) + "\"><button>Disconnect</button></form>\n";
}

void Page::Push(const PushStatus& push, const Totals& totals,
                std::int64_t now) {
  text_ += "<dl class=\"figures\">\n";
  Figure("Pushed by", push.address, true);
  Figure("With", push.user_agent, true);
  Figure("State", push.state);
  Figure("For", DurationText(now - push.since));
  Figure("Bit rate", RateText(push.bits_per_second));
  Figure("Lag", LagText(push.lag_ms));
  Figure("Packets", std::to_string(push.packets));
  Figure("Received", BytesText(push.bytes));
  Figure("Headers", std::to_string(push.headers));
  Figure("Violations", std::to_string(totals.violations));
  text_ += "</dl>\n";
}

void Page::Cell(const std::string& value, bool number) {
  text_ += number ? "<td class=\"number\">" : "<td>";
  text_ += EscapeHtml(value) + "</td>";
}

void Page::Players(const PointStatus& point, std::int64_t now) {
  text_ +=
      "<div class=\"wide\"><table>\n<thead><tr><th>Player</th>"
      "<th>With</th><th>Served</th><th>For</th>"
      "<th class=\"number\">Sent</th><th class=\"number\">Waiting</th>"
      "<th class=\"number\">Skipped</th></tr></thead>\n<tbody>\n";
  for (const PlayerStatus& player : point.players) {
    text_ += "<tr>";
    Cell(player.address);
    Cell(player.user_agent);
    Cell(player.kind);
    Cell(DurationText(now - player.since));
    Cell(BytesText(player.sent_bytes), true);
    Cell(BytesText(player.queued_bytes), true);
    Cell(std::to_string(player.skipped_packets), true);
    text_ += "</tr>\n";
  }
  text_ += "</tbody></table></div>\n";
}

void Page::Point(const PointStatus& point, std::int64_t now) {
  text_ += "<section>\n";
  Title(point);
  if (point.push) Push(*point.push, point.totals, now);
  if (!point.players.empty()) {
    Players(point, now);
  } else if (point.live) {
    text_ += "<p class=\"none\">No player.</p>\n";
  }
  text_ += "</section>\n";
}

void Page::End(const ServerStatus& status) {
  if (status.points.empty()) {
    text_ +=
        "<section><p class=\"none\">There is no publishing point."
        "</p></section>\n";
  }
  text_ += "<footer>wms-publishing-point " + EscapeHtml(status.version) +
           " \xC2\xB7 <a href=\"/status.json\">JSON</a> \xC2\xB7 "
           "<a href=\"/metrics\">metrics</a> \xC2\xB7 "
           "refreshes every 5 s</footer>\n</body>\n</html>\n";
}

}  // namespace

std::string StatusPage(const ServerStatus& status,
                       const std::string& disconnect_token) {
  Page page(disconnect_token);
  page.Server(status);
  for (const PointStatus& point : status.points)
    page.Point(point, status.now);
  page.End(status);
  return page.Take();
}

}  // namespace wms::pubpoint
