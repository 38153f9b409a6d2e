#include "model/call_desk.hpp"

#include "engine/contract.hpp"

namespace credsim::model {

CallDesk::Extension& CallDesk::extension_of(Client& client) {
  if (client.extension == kNone) client.extension = extensions.add({});
  return extensions[client.extension];
}

AdaptiveLimiter& CallDesk::limiter_of(Client& client, SimTime now) {
  Extension& extension = extension_of(client);
  if (extension.limiter == kNone) extension.limiter = limiters.add(AdaptiveLimiter(now));
  return limiters[extension.limiter];
}

std::uint32_t CallDesk::put(Client& client, const CallInProgress& call) {
  const std::uint32_t place = calls.add(call);
  expect(place < kIndexMask, "a cell holds at most 2^29 calls in progress");
  Extension& extension = extension_of(client);
  calls[place].next = extension.first_call;
  extension.first_call = place;
  return place;
}

void CallDesk::take(Client& client, std::uint32_t place) {
  std::uint32_t* link = &extensions[client.extension].first_call;
  while (*link != place) link = &calls[*link].next;
  *link = calls[place].next;
  calls.remove(place);
}

void CallDesk::end_process(Client& client, bool awaited) {
  client.set_state(Client::State::idle);
  client.due = client.held = kShortNever;
  client.without_credential = client.clock_corrected = 0;
  if (client.extension == kNone) return;
  const Extension extension = extensions[client.extension];
  for (std::uint32_t place = extension.first_call; place != kNone; place = calls[place].next) {
    calls[place].abandoned = true;
    if (!awaited) calls.remove(place);
  }
  if (extension.limiter != kNone) limiters.remove(extension.limiter);
  extensions.remove(client.extension);
  client.extension = kNone;
}

}  // namespace credsim::model
