#include "connect/response_buffer.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace hanok::connect {
namespace {

using Step = ResponseBuffer::Step;

bool push(ResponseBuffer& buffer, size_t size) {
    return buffer.push(static_cast<int64_t>(size), [size](int64_t) {
        grpc::Slice slice(std::string(size, 'x'));
        return grpc::ByteBuffer(&slice, 1);
    });
}

Step step(ResponseBuffer& buffer, int64_t index) {
    grpc::ByteBuffer bytes;
    grpc::Status end;
    return buffer.at(index, &bytes, &end);
}

TEST(ResponseBuffer, GivesWhatIsThereThenWaitsThenEnds) {
    ResponseBuffer buffer(100, 1000);
    EXPECT_EQ(step(buffer, 1), Step::kWait);
    push(buffer, 10);
    EXPECT_EQ(step(buffer, 1), Step::kResponse);
    EXPECT_EQ(step(buffer, 2), Step::kWait);
    buffer.finish(grpc::Status(grpc::StatusCode::INTERNAL, "no"));
    EXPECT_EQ(step(buffer, 1), Step::kResponse);
    grpc::ByteBuffer bytes;
    grpc::Status end;
    EXPECT_EQ(buffer.at(2, &bytes, &end), Step::kEnd);
    EXPECT_EQ(end.error_message(), "no");
}

TEST(ResponseBuffer, TheLastResponseIsKnownWhenAllWentWell) {
    ResponseBuffer buffer(100, 1000);
    push(buffer, 10);
    push(buffer, 10);
    buffer.finish(grpc::Status::OK);
    EXPECT_EQ(step(buffer, 1), Step::kResponse);
    EXPECT_EQ(step(buffer, 2), Step::kLastResponse);
    EXPECT_EQ(step(buffer, 3), Step::kEnd);
}

TEST(ResponseBuffer, ResponsesForSoonWakeNobodyUntilTheNextOne) {
    ResponseBuffer buffer(0, 15);
    int wakes = 0;
    buffer.set_listener([&] { ++wakes; });
    auto make = [](int64_t) {
        grpc::Slice slice("0123456789");
        return grpc::ByteBuffer(&slice, 1);
    };
    buffer.push(10, make, ResponseBuffer::Wake::kSoon);
    EXPECT_EQ(wakes, 0);
    // A full buffer wakes its reader, who makes room.
    buffer.set_listener([&] {
        if (++wakes == 1) buffer.sent(1);
    });
    buffer.push(10, make, ResponseBuffer::Wake::kSoon);
    EXPECT_EQ(wakes, 1);
    buffer.finish(grpc::Status::OK);
    EXPECT_EQ(wakes, 2);
}

TEST(ResponseBuffer, KeepsSentResponsesUpToTheRetrySize) {
    ResponseBuffer buffer(25, 1000);
    for (int i = 0; i < 5; ++i) push(buffer, 10);
    for (int i = 1; i <= 5; ++i) buffer.sent(i);
    EXPECT_EQ(step(buffer, 3), Step::kGone);
    EXPECT_EQ(step(buffer, 4), Step::kResponse);
    EXPECT_EQ(step(buffer, 5), Step::kResponse);
    EXPECT_TRUE(buffer.holds(4));
    EXPECT_FALSE(buffer.holds(3));
    ResponseBuffer none(0, 1000);
    push(none, 10);
    none.sent(1);
    EXPECT_EQ(step(none, 1), Step::kGone);
}

TEST(ResponseBuffer, ReleaseMayOvertakeTheEndOfTheWrite) {
    ResponseBuffer buffer(1000, 1000);
    for (int i = 0; i < 3; ++i) push(buffer, 10);
    buffer.sent(1);
    buffer.release_until(2);  // the client has read 2 before gRPC told us that it was written
    buffer.sent(2);
    EXPECT_EQ(step(buffer, 3), Step::kResponse);
    buffer.close();
    buffer.sent(3);
    EXPECT_EQ(step(buffer, 3), Step::kGone);
    EXPECT_FALSE(push(buffer, 10));
    buffer.finish(grpc::Status::OK);
    EXPECT_EQ(step(buffer, 4), Step::kEnd);
}

TEST(ResponseBuffer, TheProducerWaitsForRoom) {
    ResponseBuffer buffer(0, 15);
    ASSERT_TRUE(push(buffer, 10));
    bool second = false;
    std::thread producer([&] { second = push(buffer, 10); });
    buffer.sent(1);
    producer.join();
    EXPECT_TRUE(second);
    std::thread waiting([&] { second = push(buffer, 10); });
    buffer.interrupt();
    waiting.join();
    EXPECT_FALSE(second);
    EXPECT_EQ(buffer.size(), 2);
}

TEST(ResponseBuffer, OneLargeResponsePassesAlone) {
    ResponseBuffer buffer(0, 15);
    EXPECT_TRUE(push(buffer, 100));
}

TEST(ResponseBuffer, ProgressComesOnlyWhenAStreamIsIdle) {
    ResponseBuffer buffer(0, 100);
    int made = 0;
    auto make = [&](int64_t) {
        ++made;
        grpc::Slice slice(std::string("p"));
        return grpc::ByteBuffer(&slice, 1);
    };
    buffer.push_if_idle(make);  // nobody listens
    int notified = 0;
    buffer.set_listener([&] { ++notified; });
    buffer.push_if_idle(make);
    buffer.push_if_idle(make);  // the first still waits
    EXPECT_EQ(made, 1);
    EXPECT_EQ(notified, 1);
}

}  // namespace
}  // namespace hanok::connect
