// gst-wmspush - push ASF streams to Windows Media servers
// Copyright (C) 2026 The gst-wmspush authors
// SPDX-License-Identifier: LGPL-2.1-or-later

#include "pushsink/writer_push_sink.h"

#include "asf/header.h"
#include "pushsink/location.h"
#include "pushsink/writer_push_sink_impl.h"

#include <utility>

namespace wms {

WriterPushSink::WriterPushSink() : impl_(std::make_shared<Impl>()) {}

WriterPushSink::~WriterPushSink() {
  impl_->Disconnect();
}

void WriterPushSink::SetOptions(const PushOptions& options) {
  impl_->SetOptions(options);
}

void WriterPushSink::SetLogHook(LogHook hook) {
  impl_->SetLogHook(std::move(hook));
}

HResult WriterPushSink::CheckUrl(std::string_view url, std::string* why) {
  const Result<Location> location = ParseLocation(url);
  if (location) return HResult::S_OK;
  if (why != nullptr) *why = location.error().message;
  return location.error().hresult;
}

// Each call that may wait keeps the sink alive: the handle can go meanwhile.

HResult WriterPushSink::Connect(std::string_view url,
                                std::string_view template_url,
                                bool auto_destroy) {
  const auto impl = impl_;
  return impl->Connect(url, template_url, auto_destroy);
}

HResult WriterPushSink::WaitConnected() {
  const auto impl = impl_;
  return impl->WaitConnected();
}

HResult WriterPushSink::Disconnect() {
  const auto impl = impl_;
  return impl->Disconnect();
}

HResult WriterPushSink::EndSession(std::chrono::milliseconds limit) {
  const auto impl = impl_;
  return impl->EndSession(limit);
}

HResult WriterPushSink::OnHeader(std::span<const std::uint8_t> header) {
  const auto impl = impl_;
  return impl->OnHeader(header);
}

HResult WriterPushSink::IsRealTime(bool* real_time) const {
  if (real_time == nullptr) return HResult::E_INVALIDARG;
  *real_time = true;
  return HResult::S_OK;
}

HResult WriterPushSink::AllocateDataUnit(
    std::size_t size, std::vector<std::uint8_t>* data_unit) const {
  if (data_unit == nullptr || size == 0 || size > asf::kMaxPacketSize) {
    return HResult::E_INVALIDARG;
  }
  data_unit->assign(size, 0);
  return HResult::S_OK;
}

HResult WriterPushSink::OnDataUnit(std::span<const std::uint8_t> data_unit) {
  return OnDataUnit(data_unit, MemoryOwner());
}

HResult WriterPushSink::OnDataUnit(std::span<const std::uint8_t> data_unit,
                                   const MemoryOwner& owner,
                                   Delivery delivery) {
  const auto impl = impl_;
  return impl->OnDataUnit(data_unit, owner, delivery);
}

HResult WriterPushSink::SendKept() {
  const auto impl = impl_;
  return impl->SendKept();
}

HResult WriterPushSink::OnEndWriting() {
  const auto impl = impl_;
  return impl->OnEndWriting();
}

HResult WriterPushSink::Advise(std::shared_ptr<StatusCallback> callback,
                               void* context) {
  return impl_->hub().Advise(std::move(callback), context);
}

HResult WriterPushSink::Unadvise(
    const std::shared_ptr<StatusCallback>& callback, void* context) {
  return impl_->hub().Unadvise(callback, context);
}

void WriterPushSink::SetCredentialCallback(
    std::shared_ptr<CredentialCallback> callback) {
  impl_->SetCredentialCallback(std::move(callback));
}

void WriterPushSink::Interrupt() {
  impl_->Interrupt();
}

void WriterPushSink::Resume() {
  impl_->Resume();
}

HResult WriterPushSink::CheckConnection() {
  return impl_->CheckConnection();
}

void WriterPushSink::RetryNow() {
  impl_->RetryNow();
}

PushStats WriterPushSink::GetStats() const {
  return impl_->GetStats();
}

std::string WriterPushSink::LastError() const {
  return impl_->LastError();
}

std::unique_ptr<WriterPushSink> CreateWriterPushSink() {
  return std::make_unique<WriterPushSink>();
}

}  // namespace wms
