#include "engine/engine.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "base/error.h"
#include "engine/testing/plans.h"

namespace hanok::engine {

using namespace testing;
using types::DataType;

namespace {

const Attribute kId = attribute(1, DataType::long_(), "id");

// Takes minutes.
PlanPtr endless() {
    auto other = attribute(2, DataType::long_());
    auto pairs = join(
        range(kId, 0, 10'000'000), range(other, 0, 10'000'000), JoinType::kCross, nullptr);
    auto total = aggregate("max",
        {call("%", {plus(ref(kId), ref(other)), lit(1000)}, DataType::long_())}, DataType::long_());
    return group_by(pairs, {}, {{attribute(3, DataType::long_()), total}});
}

}  // namespace

TEST(Engine, CancelFromAnotherThread) {
    auto stream = shared_engine().execute(endless(), {});
    std::thread canceller([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        stream->cancel();
    });
    auto start = std::chrono::steady_clock::now();
    std::string raised;
    try {
        stream->next();
    } catch (const Error& error) {
        raised = error.condition();
    }
    canceller.join();
    EXPECT_EQ(raised, "OPERATION_CANCELED");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
    // The engine goes on.
    EXPECT_EQ(rows(range(kId, 0, 2)), "0;1");
}

TEST(Engine, CancelBeforeTheFirstBatch) {
    auto stream = shared_engine().execute(range(kId, 0, 10), {});
    stream->cancel();
    EXPECT_THROW(stream->next(), Error);
}

TEST(Engine, AbandonedStreamsAreHarmless) {
    for (int i = 0; i < 20; ++i) {
        QueryContext context;
        context.max_batch_bytes = 1000;
        auto stream = shared_engine().execute(range(kId, 0, 10'000'000), context);
        EXPECT_NE(stream->next(), nullptr);
    }
    EXPECT_EQ(rows(range(kId, 0, 2)), "0;1");
}

TEST(Engine, QueriesRunSideBySide) {
    std::vector<std::thread> threads;
    std::atomic<int> right = 0;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 25; ++i)
                if (rows(range(kId, 0, 3)) == "0;1;2") ++right;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(right, 100);
}

TEST(Engine, ExplainShowsThePlan) {
    auto plan = filter(range(kId, 0, 10), greater(ref(kId), lit(5)));
    EXPECT_NE(shared_engine().explain(plan, {}, false).find("Range"), std::string::npos);
    EXPECT_NE(shared_engine().explain(plan, {}, true).find("Total Time"), std::string::npos);
}

TEST(Engine, DeepPlansDoNotOverflowTheStack) {
    auto plan = range(kId, 0, 3);
    auto last = kId;
    for (int i = 0; i < 3000; ++i) plan = limit(plan, 100);
    EXPECT_EQ(rows(plan), "0;1;2");
}

TEST(Engine, TheErrorOfAnOverflowIsSparks) {
    auto big = lit(std::numeric_limits<int64_t>::max());
    auto plan = project(range(kId, 1, 2), {{attribute(2, DataType::long_()), plus(ref(kId), big)}});
    EXPECT_EQ(condition(plan), "ARITHMETIC_OVERFLOW");
}

TEST(Engine, AColumnOfAnotherTypeThanPromisedIsAnInternalError) {
    auto wrong = project(range(kId, 0, 1), {{attribute(2, DataType::string()), ref(kId)}});
    EXPECT_EQ(condition(wrong), "INTERNAL_ERROR");
}

}  // namespace hanok::engine
