// Executions as a client sees them: streams, reattaching, releasing, interrupting, limits.

#include <arrow/table.h>

#include <set>
#include <thread>

#include "connect/connect_fixture.h"

namespace hanok::connect {
namespace {

using Operations = ConnectFixture;
using Status = sc::GetStatusResponse::OperationStatus;

int64_t rows_in(const std::string& ipc) {
    auto buffer = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(ipc));
    auto reader = arrow::ipc::RecordBatchStreamReader::Open(buffer).ValueOrDie();
    return reader->ToTable().ValueOrDie()->num_rows();
}

TEST_F(Operations, RowsComeWithSchemaOffsetsAndAnEnd) {
    start();
    auto q = range(2500);
    Outcome out = execute(q);
    ASSERT_TRUE(out.status.ok()) << out.status.error_message();
    ASSERT_EQ(out.responses.size(), 4u);  // three batches, the end with observed metrics
    EXPECT_EQ(out.responses[3].observed_metrics_size(), 1);
    EXPECT_TRUE(out.responses[3].has_result_complete());
    EXPECT_EQ(out.responses[0].schema().struct_().fields(0).name(), "id");
    EXPECT_FALSE(out.responses[1].has_schema());
    int64_t offset = 0;
    std::set<std::string> ids;
    for (const auto& r : out.responses) {
        EXPECT_EQ(r.session_id(), session_);
        EXPECT_EQ(r.operation_id(), q.operation_id());
        EXPECT_TRUE(base::is_uuid(r.server_side_session_id()));
        EXPECT_TRUE(base::is_uuid(r.response_id()));
        ids.insert(r.response_id());
        if (!r.has_arrow_batch()) continue;
        EXPECT_EQ(r.arrow_batch().start_offset(), offset);
        EXPECT_FALSE(r.arrow_batch().has_num_chunks_in_batch());
        EXPECT_EQ(rows_in(r.arrow_batch().data()), r.arrow_batch().row_count());
        offset += r.arrow_batch().row_count();
    }
    EXPECT_EQ(ids.size(), out.responses.size());
    EXPECT_EQ(offset, 2500);
    EXPECT_EQ(out.responses[3].observed_metrics(0).name(), "seen");
    EXPECT_EQ(out.responses[3].observed_metrics(0).values(0).long_(), 2500);
    EXPECT_TRUE(out.is_complete());
}

TEST_F(Operations, NoRowsStillGiveOneBatch) {
    start();
    Outcome out = execute(range(0));
    ASSERT_TRUE(out.status.ok());
    ASSERT_TRUE(out.responses[0].has_arrow_batch());
    EXPECT_EQ(out.responses[0].arrow_batch().row_count(), 0);
    EXPECT_EQ(rows_in(out.responses[0].arrow_batch().data()), 0);
    EXPECT_TRUE(out.responses[0].has_schema());
}

TEST_F(Operations, ReattachGoesOnAfterTheLastResponse) {
    start();
    auto q = range(5000);
    Outcome head = execute(q, 2);
    ASSERT_EQ(head.responses.size(), 2u);
    Outcome tail = execute(reattach(q.operation_id(), head.last_id()));
    ASSERT_TRUE(tail.status.ok()) << tail.status.error_message();
    EXPECT_EQ(head.rows() + tail.rows(), 5000);
    EXPECT_EQ(tail.responses[0].arrow_batch().start_offset(), 2000);
    EXPECT_TRUE(tail.is_complete());
    // Going back to the start works too: everything is still buffered.
    Outcome again = execute(reattach(q.operation_id(), ""));
    EXPECT_EQ(again.rows(), 5000);
    EXPECT_EQ(again.responses[0].response_id(), head.responses[0].response_id());
}

TEST_F(Operations, LongStreamsAreCutAndTheClientReattaches) {
    options_.stream_max_bytes = 10'000;  // a batch of 1,000 rows has about 8,200
    start();
    auto q = range(10'000);
    Outcome part = execute(q);
    int64_t rows = part.rows();
    int streams = 1;
    while (!part.is_complete()) {
        ASSERT_TRUE(part.status.ok()) << part.status.error_message();
        part = execute(reattach(q.operation_id(), part.last_id()));
        rows += part.rows();
        ASSERT_LT(++streams, 20);
    }
    EXPECT_EQ(rows, 10'000);
    EXPECT_GE(streams, 5);
}

TEST_F(Operations, StreamsAreCutAfterTheirTimeToo) {
    options_.stream_max_duration = std::chrono::milliseconds(20);
    start();
    auto q = range(-1);
    Outcome out = execute(q);
    EXPECT_TRUE(out.status.ok());
    EXPECT_TRUE(out.responses.empty());
    EXPECT_EQ(state_of(q.operation_id()), Status::OPERATION_STATE_RUNNING);
}

TEST_F(Operations, ReleasedResponsesAreGone) {
    start();
    auto q = range(5000);
    Outcome all = execute(q);
    ASSERT_TRUE(release(q.operation_id(), all.responses[2].response_id()).ok());
    EXPECT_TRUE(says(
        execute(reattach(q.operation_id(), "")).status, "INVALID_CURSOR.POSITION_NOT_AVAILABLE"));
    Outcome rest = execute(reattach(q.operation_id(), all.responses[2].response_id()));
    EXPECT_EQ(rest.rows(), 2000);
    EXPECT_TRUE(says(
        execute(reattach(q.operation_id(), uuid())).status, "INVALID_CURSOR.POSITION_NOT_FOUND"));

    ASSERT_TRUE(release(q.operation_id(), "").ok());
    EXPECT_TRUE(
        says(execute(reattach(q.operation_id(), "")).status, "INVALID_HANDLE.OPERATION_ABANDONED"));
    EXPECT_TRUE(says(execute(q).status, "INVALID_HANDLE.OPERATION_ABANDONED"));
    EXPECT_EQ(state_of(q.operation_id()), Status::OPERATION_STATE_SUCCEEDED);
    EXPECT_TRUE(release(q.operation_id(), "").ok());  // releasing twice is no error
}

TEST_F(Operations, OnlyTheRetryBufferIsKept) {
    options_.retry_buffer_bytes = 20'000;
    start();
    auto q = range(20'000);
    Outcome all = execute(q);
    ASSERT_EQ(all.rows(), 20'000);
    EXPECT_TRUE(says(
        execute(reattach(q.operation_id(), "")).status, "INVALID_CURSOR.POSITION_NOT_AVAILABLE"));
    Outcome end = execute(
        reattach(q.operation_id(), all.responses[all.responses.size() - 2].response_id()));
    EXPECT_TRUE(end.is_complete());
}

TEST_F(Operations, UnknownOperationsAreNotFound) {
    start();
    ASSERT_TRUE(execute(range(1)).status.ok());
    EXPECT_TRUE(says(execute(reattach(uuid(), "")).status, "INVALID_HANDLE.OPERATION_NOT_FOUND"));
    EXPECT_EQ(state_of(uuid()), Status::OPERATION_STATE_UNKNOWN);
}

TEST_F(Operations, AnIdCanBeUsedOnceOrRepeatedWithTheSamePlan) {
    start();
    auto q = range(3000);
    ASSERT_TRUE(execute(q).status.ok());
    Outcome repeated = execute(q);
    EXPECT_EQ(repeated.rows(), 3000);
    EXPECT_EQ(backend_.batches, 3);  // it did not run again
    auto other = q;
    other.mutable_plan()->mutable_root()->mutable_range()->set_end(7);
    EXPECT_TRUE(says(execute(other).status, "INVALID_HANDLE.OPERATION_ALREADY_EXISTS"));
    auto bad = range(1);
    bad.set_operation_id("not-a-uuid");
    EXPECT_TRUE(says(execute(bad).status, "INVALID_HANDLE.FORMAT"));
}

TEST_F(Operations, ASecondStreamDisconnectsTheFirst) {
    start();
    auto q = range(-1);
    grpc::Status first;
    std::thread client([&] { first = execute(q).status; });
    ASSERT_TRUE(
        eventually([&] { return state_of(q.operation_id()) == Status::OPERATION_STATE_RUNNING; }));
    std::thread second([&] { execute(reattach(q.operation_id(), "")); });
    client.join();
    EXPECT_TRUE(says(first, "INVALID_CURSOR.DISCONNECTED")) << first.error_message();
    release(q.operation_id(), "");
    second.join();
}

class Interrupts : public ConnectFixture {
protected:
    // Interrupts what `fill` describes once `operation` runs; the ids that were interrupted.
    template <class Fill>
    std::vector<std::string> interrupt(Fill fill) {
        auto q = request<sc::InterruptRequest>();
        fill(q);
        grpc::ClientContext context;
        sc::InterruptResponse a;
        EXPECT_TRUE(stub_->Interrupt(&context, q, &a).ok());
        return {a.interrupted_ids().begin(), a.interrupted_ids().end()};
    }
};

TEST_F(Interrupts, ReachTheEngineByTagIdOrAll) {
    start();
    for (int how = 0; how < 3; ++how) {
        auto q = range(-1);
        q.add_tags("nightly");
        grpc::Status status;
        std::thread client([&] { status = execute(q).status; });
        ASSERT_TRUE(eventually(
            [&] { return state_of(q.operation_id()) == Status::OPERATION_STATE_RUNNING; }));
        EXPECT_TRUE(interrupt([](auto& i) {
            i.set_interrupt_type(sc::InterruptRequest::INTERRUPT_TYPE_TAG);
            i.set_operation_tag("night");
        }).empty());
        auto ids = interrupt([&](auto& i) {
            i.set_interrupt_type(static_cast<sc::InterruptRequest::InterruptType>(how + 1));
            if (how == 1) i.set_operation_tag("nightly");
            if (how == 2) i.set_operation_id(q.operation_id());
        });
        EXPECT_EQ(ids, std::vector<std::string>{q.operation_id()});
        client.join();
        EXPECT_TRUE(says(status, "OPERATION_CANCELED")) << status.error_message();
        EXPECT_EQ(state_of(q.operation_id()), Status::OPERATION_STATE_CANCELLED);
    }
}

TEST_F(Interrupts, WakeAnExecutionThatWaitsForItsClient) {
    options_.pending_buffer_bytes = 20'000;
    start();
    auto q = range(1'000'000);
    Outcome head = execute(q, 1);
    // Nobody reads: the engine stops after what fits into the buffer and what the transport took
    // before the client went, far from the 1,000 batches of the whole.
    ASSERT_TRUE(eventually([&] {
        int64_t before = backend_.batches;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return before >= 3 && backend_.batches == before;
    }));
    EXPECT_LT(backend_.batches, 900);
    auto ids = interrupt(
        [](auto& i) { i.set_interrupt_type(sc::InterruptRequest::INTERRUPT_TYPE_ALL); });
    EXPECT_EQ(ids.size(), 1u);
    EXPECT_TRUE(eventually(
        [&] { return state_of(q.operation_id()) == Status::OPERATION_STATE_CANCELLED; }));
}

TEST_F(Operations, TagsMustBeUsable) {
    start();
    for (const char* tag : {"", "a,b"}) {
        auto q = range(1);
        q.add_tags(tag);
        EXPECT_TRUE(says(execute(q).status, "HANOK_INVALID_OPERATION_TAG"));
    }
}

TEST_F(Operations, BatchesAreChunkedWhenTheClientAllowsIt) {
    start();
    auto q = range(1000);
    auto* chunking = q.add_request_options()->mutable_result_chunking_options();
    chunking->set_allow_arrow_batch_chunking(true);
    chunking->set_preferred_arrow_chunk_size(3000);
    Outcome out = execute(q);
    ASSERT_TRUE(out.status.ok());
    std::string data;
    int64_t chunks = 0;
    for (const auto& r : out.responses) {
        if (!r.has_arrow_batch()) continue;
        EXPECT_EQ(r.arrow_batch().chunk_index(), chunks++);
        EXPECT_EQ(r.arrow_batch().num_chunks_in_batch(), 3);
        EXPECT_EQ(r.arrow_batch().row_count(), 1000);
        EXPECT_LE(r.arrow_batch().data().size(), 3000u);
        data += r.arrow_batch().data();
    }
    EXPECT_EQ(chunks, 3);
    EXPECT_EQ(rows_in(data), 1000);
}

TEST_F(Operations, ProgressIsReportedWhileNothingElseIs) {
    options_.progress_interval = std::chrono::milliseconds(5);
    start();
    auto q = range(-1);
    Outcome out = execute(q, 3);
    ASSERT_EQ(out.responses.size(), 3u);
    for (const auto& r : out.responses) EXPECT_TRUE(r.has_execution_progress());
}

TEST_F(Operations, AnOperationNobodyCanComeBackToEndsWithItsClient) {
    options_.progress_interval = std::chrono::milliseconds(5);
    start();
    auto q = range(-1, false);
    execute(q, 1);
    EXPECT_TRUE(eventually(
        [&] { return state_of(q.operation_id()) == Status::OPERATION_STATE_CANCELLED; }));
    auto other = range(5, false);
    ASSERT_TRUE(execute(other).status.ok());
    EXPECT_FALSE(execute(reattach(other.operation_id(), "")).status.ok());
}

TEST_F(Operations, AnOperationNobodyReadsIsAbandonedAfterAWhile) {
    options_.progress_interval = std::chrono::milliseconds(5);
    options_.detached_timeout = std::chrono::milliseconds(60);
    start();
    auto q = range(-1);
    execute(q, 1);
    EXPECT_TRUE(eventually(
        [&] { return state_of(q.operation_id()) == Status::OPERATION_STATE_CANCELLED; }));
    EXPECT_TRUE(
        says(execute(reattach(q.operation_id(), "")).status, "INVALID_HANDLE.OPERATION_ABANDONED"));
}

TEST_F(Operations, AStopCancelsWhatStillRuns) {
    start();
    auto q = range(-1);
    grpc::Status status;
    std::thread client([&] { status = execute(q).status; });
    ASSERT_TRUE(
        eventually([&] { return state_of(q.operation_id()) == Status::OPERATION_STATE_RUNNING; }));
    server_->shutdown(std::chrono::milliseconds(10));
    client.join();
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(backend_.open_sessions, 0);
}

TEST_F(Operations, TooManyOpenOperationsAreRefused) {
    options_.max_operations_per_session = 2;
    start();
    ASSERT_TRUE(execute(range(1)).status.ok());
    ASSERT_TRUE(execute(range(1)).status.ok());
    EXPECT_TRUE(says(execute(range(1)).status, "HANOK_LIMIT_EXCEEDED.OPERATIONS"));
}

}  // namespace
}  // namespace hanok::connect
