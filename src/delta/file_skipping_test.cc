#include "delta/file_skipping.h"

#include <gtest/gtest.h>

#include "delta/action_json.h"
#include "delta/handlers.h"
#include "delta/packed_files.h"
#include "delta/partition_value.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "storage/memory_store.h"

namespace hanok::delta {
namespace {

using types::DataType;
using Op = PredicateOp;

types::TypePtr schema() {
    return DataType::struct_({{"i", DataType::long_(), true, ""},
        {"d", DataType::double_(), true, ""}, {"s", DataType::string(), true, ""},
        {"c", DataType::string("UNICODE_CI"), true, ""}, {"t", DataType::timestamp(), true, ""},
        {"n", DataType::decimal(20, 2), true, ""}, {"day", DataType::date(), true, ""},
        {"o", DataType::struct_({{"x", DataType::integer(), true, ""}}), true, ""},
        {"p", DataType::integer(), true, ""}, {"z", DataType::string(), true, ""}});
}

SnapshotPtr snapshot() {
    static SnapshotPtr made = [] {
        auto store = std::make_shared<storage::MemoryStore>();
        Metadata metadata;
        metadata.schema_string = schema()->json();
        metadata.partition_columns = {"p", "z"};
        std::string root = "memory://file-skipping-test/t";
        store->put(root + "/_delta_log/00000000000000000000.json",
            to_json(Protocol{}) + "\n" + to_json(metadata) + "\n");
        Handlers handlers;
        handlers.store_for = [store](const std::string&) { return store; };
        return Table::at(root, handlers)->snapshot();
    }();
    return made;
}

AddFile file() {
    AddFile add;
    add.partition_values = {{"p", "7"}, {"z", std::nullopt}};
    add.stats = R"({"numRecords":10,"minValues":{"i":5,"d":-1.5,"s":"carrot","c":"b","n":10.25,)"
                R"("t":"2024-01-01T00:00:00.123Z","day":"2024-02-01","o":{"x":3}},)"
                R"("maxValues":{"i":9,"d":2.5,"s":"melon","c":"b","n":99999999999999999.99,)"
                R"("t":"2024-01-02T00:00:00.123Z","day":"2024-02-29","o":{"x":3}},)"
                R"("nullCount":{"i":0,"d":10,"s":4,"c":0,"n":0,"t":0,"day":0,"o":{"x":0}}})";
    return add;
}

types::Value value_of(const std::string& text, const types::TypePtr& type) {
    return parse_partition_value(text, *type);
}

// Packed, a file says the same.
Possible possible(const PredicatePtr& predicate) {
    FileSkipper skipper(*snapshot(), predicate);
    Possible plain = skipper.evaluate(file());
    FilePacker packer;
    packer.add(file());
    Possible packed = skipper.evaluate(*packer.finish(), 0);
    EXPECT_EQ(packed.can_be_true, plain.can_be_true);
    EXPECT_EQ(packed.can_be_false, plain.can_be_false);
    EXPECT_EQ(packed.can_be_null, plain.can_be_null);
    return plain;
}
bool kept(const PredicatePtr& predicate) { return possible(predicate).can_be_true; }
bool kept(Op op, const std::string& column, const std::string& literal) {
    auto fields = schema();
    const auto& type = fields->fields()[static_cast<size_t>(fields->field_index(column))].type;
    return kept(Predicate::compare(op, {column}, value_of(literal, type)));
}

TEST(FileSkippingTest, comparisons_with_the_bounds) {
    EXPECT_FALSE(kept(Op::kEq, "i", "4"));
    EXPECT_TRUE(kept(Op::kEq, "i", "5"));
    EXPECT_TRUE(kept(Op::kEq, "I", "9"));
    EXPECT_FALSE(kept(Op::kEq, "i", "10"));
    EXPECT_FALSE(kept(Op::kLt, "i", "5"));
    EXPECT_TRUE(kept(Op::kLe, "i", "5"));
    EXPECT_FALSE(kept(Op::kGt, "i", "9"));
    EXPECT_TRUE(kept(Op::kGe, "i", "9"));
    EXPECT_TRUE(kept(Op::kNe, "i", "7"));
    EXPECT_FALSE(kept(Op::kEq, "day", "2024-03-01"));
    EXPECT_TRUE(kept(Op::kEq, "day", "2024-02-29"));
    EXPECT_FALSE(kept(Op::kGt, "n", "99999999999999999.99"));
    EXPECT_TRUE(kept(Op::kGt, "n", "99999999999999999.98"));
}

TEST(FileSkippingTest, timestamps_are_cut_to_milliseconds) {
    EXPECT_TRUE(kept(Op::kGt, "t", "2024-01-02 00:00:00.123500"));
    EXPECT_FALSE(kept(Op::kGt, "t", "2024-01-02 00:00:00.124"));
    EXPECT_FALSE(kept(Op::kLt, "t", "2024-01-01 00:00:00.123"));
}

TEST(FileSkippingTest, floats_may_hide_a_nan_above_the_bounds) {
    AddFile add = file();
    add.stats = R"({"numRecords":10,"minValues":{"d":1},"maxValues":{"d":2},"nullCount":{"d":0}})";
    auto keeps = [&](Op op, double literal) {
        auto predicate = Predicate::compare(op, {"d"}, types::double_value(literal));
        return FileSkipper(*snapshot(), predicate).evaluate(add).can_be_true;
    };
    EXPECT_TRUE(keeps(Op::kGt, 5));
    EXPECT_FALSE(keeps(Op::kLt, 1));
    EXPECT_FALSE(keeps(Op::kEq, 0.5));
    EXPECT_TRUE(keeps(Op::kEq, std::numeric_limits<double>::quiet_NaN()));
}

TEST(FileSkippingTest, nulls) {
    EXPECT_FALSE(kept(Predicate::is_null({"i"})));
    EXPECT_TRUE(kept(Predicate::is_null({"s"})));
    EXPECT_TRUE(kept(Predicate::is_not_null({"s"})));
    EXPECT_FALSE(kept(Predicate::is_not_null({"d"})));  // all ten are null
    EXPECT_FALSE(kept(Op::kGt, "d", "0"));
    EXPECT_FALSE(kept(Predicate::compare(Op::kEq, {"i"}, types::Value())));
    EXPECT_FALSE(kept(Predicate::compare(Op::kNullSafeEq, {"i"}, types::Value())));
    EXPECT_TRUE(kept(Predicate::compare(Op::kNullSafeEq, {"s"}, types::Value())));
    // NULL is not TRUE, and neither is its negation.
    EXPECT_FALSE(
        kept(Predicate::negate(Predicate::compare(Op::kEq, {"d"}, types::double_value(1)))));
}

TEST(FileSkippingTest, strings) {
    EXPECT_FALSE(kept(Predicate::starts_with({"s"}, "b")));
    EXPECT_TRUE(kept(Predicate::starts_with({"s"}, "car")));
    EXPECT_TRUE(kept(Predicate::starts_with({"s"}, "m")));
    EXPECT_TRUE(kept(Predicate::starts_with({"s"}, "melon juice")) == false);
    EXPECT_FALSE(kept(Predicate::starts_with({"s"}, "n")));
    EXPECT_TRUE(kept(Op::kEq, "c", "B"));  // a collation: the bounds say nothing
}

TEST(FileSkippingTest, logic) {
    auto no = Predicate::compare(Op::kEq, {"i"}, types::int_value(1));
    auto yes = Predicate::compare(Op::kEq, {"i"}, types::int_value(6));
    auto always = Predicate::compare(Op::kGt, {"i"}, types::int_value(0));
    EXPECT_FALSE(kept(Predicate::all_of({yes, no})));
    EXPECT_TRUE(kept(Predicate::any_of({yes, no})));
    EXPECT_FALSE(kept(Predicate::any_of({no, no})));
    EXPECT_TRUE(kept(Predicate::negate(no)));
    EXPECT_FALSE(kept(Predicate::negate(always)));
    EXPECT_FALSE(kept(Predicate::all_of({Predicate::unknown(), no})));
    EXPECT_TRUE(kept(Predicate::any_of({Predicate::unknown(), no})));
    EXPECT_TRUE(kept(Predicate::negate(Predicate::unknown())));
    EXPECT_FALSE(kept(Predicate::in({"i"}, {types::int_value(1), types::int_value(20)})));
    EXPECT_TRUE(kept(Predicate::in({"i"}, {types::int_value(1), types::int_value(7)})));
    EXPECT_FALSE(kept(Predicate::in({"i"}, {types::int_value(1), types::Value()})));
    EXPECT_FALSE(kept(Predicate::constant(false)));
}

TEST(FileSkippingTest, nested_fields_and_exact_values) {
    auto three = Predicate::compare(Op::kEq, {"o", "x"}, types::int_value(3));
    EXPECT_TRUE(kept(three));
    EXPECT_FALSE(kept(Predicate::negate(three)));  // min = max = 3, no nulls
    EXPECT_FALSE(kept(Predicate::compare(Op::kEq, {"o", "x"}, types::int_value(4))));
    EXPECT_TRUE(kept(Predicate::is_null({"o"})));
    EXPECT_TRUE(kept(Predicate::compare(Op::kEq, {"nothing"}, types::int_value(4))));
}

TEST(FileSkippingTest, partition_values_are_exact) {
    EXPECT_TRUE(kept(Op::kEq, "p", "7"));
    EXPECT_FALSE(kept(Op::kNe, "p", "7"));
    EXPECT_TRUE(kept(Predicate::is_null({"z"})));
    EXPECT_FALSE(kept(Predicate::is_not_null({"z"})));
    auto both = Predicate::all_of(
        {Predicate::compare(Op::kEq, {"p"}, types::int_value(7)), Predicate::is_null({"z"})});
    FileSkipper skipper(*snapshot(), both);
    EXPECT_TRUE(skipper.is_partition_only());
    Possible out = skipper.evaluate_partitions(file().partition_values);
    EXPECT_TRUE(out.can_be_true && !out.can_be_false && !out.can_be_null);
    EXPECT_FALSE(FileSkipper(*snapshot(), Predicate::is_null({"i"})).is_partition_only());
}

// A table partitioned by types whose partition values are easily misjudged.
TEST(FileSkippingTest, what_partition_values_decide) {
    auto store = std::make_shared<storage::MemoryStore>();
    Metadata metadata;
    metadata.schema_string = DataType::struct_(
        {{"x", DataType::long_(), true, ""}, {"d", DataType::double_(), true, ""},
            {"t", DataType::timestamp(), true, ""},
            {"c", DataType::string("UNICODE_CI"), true,
                ""}})->json();
    metadata.partition_columns = {"d", "t", "c"};
    std::string root = "memory://file-skipping-test/partitions";
    store->put(root + "/_delta_log/00000000000000000000.json",
        to_json(Protocol{}) + "\n" + to_json(metadata) + "\n");
    Handlers handlers;
    handlers.store_for = [store](const std::string&) { return store; };
    auto table = Table::at(root, handlers)->snapshot();
    PartitionValues values = {{"d", "1.5"}, {"t", "2021-09-08 11:00:00"}, {"c", "a"}};
    auto possible_of = [&](const PredicatePtr& predicate, const std::string& zone = "") {
        return FileSkipper(*table, predicate, zone).evaluate_partitions(values);
    };
    auto only = [&](const PredicatePtr& predicate, const std::string& zone = "") {
        return FileSkipper(*table, predicate, zone).is_partition_only();
    };

    auto above = Predicate::compare(Op::kGt, {"d"}, types::double_value(5));
    EXPECT_TRUE(only(above));
    EXPECT_FALSE(possible_of(above).can_be_true);
    values[0].second = "NaN";
    EXPECT_TRUE(possible_of(above).can_be_true);
    EXPECT_FALSE(possible_of(above).can_be_false);

    auto instant = value_of("2021-09-08T11:00:00Z", DataType::timestamp());
    auto at = Predicate::compare(Op::kEq, {"t"}, instant);
    EXPECT_FALSE(only(at));
    EXPECT_TRUE(only(at, "Asia/Seoul"));
    EXPECT_TRUE(possible_of(at).can_be_true && possible_of(at).can_be_false);
    EXPECT_TRUE(possible_of(at, "UTC").can_be_true);
    EXPECT_FALSE(possible_of(at, "Asia/Seoul").can_be_true);
    values[1].second = "2021-09-08T12:00:00Z";
    EXPECT_FALSE(possible_of(at).can_be_true);

    auto collated = Predicate::compare(Op::kEq, {"c"}, types::string_value("B"));
    EXPECT_FALSE(only(collated));
    EXPECT_TRUE(possible_of(collated).can_be_true);
    EXPECT_FALSE(only(Predicate::compare(Op::kGt, {"d"}, types::int_value(5))));
}

TEST(FileSkippingTest, files_without_statistics_are_kept) {
    auto predicate = Predicate::compare(Op::kEq, {"i"}, types::int_value(1));
    for (const char* stats : {"", "{", "{}", R"({"numRecords":3})", R"({"minValues":{"i":null}})",
             R"({"minValues":{"i":"x"},"maxValues":{"i":"NaN"}})"}) {
        AddFile add = file();
        add.stats = stats;
        EXPECT_TRUE(FileSkipper(*snapshot(), predicate).evaluate(add).can_be_true) << stats;
    }
}

TEST(FileSkippingTest, one_column_may_be_asked_twice) {
    auto range = Predicate::all_of({Predicate::compare(Op::kGe, {"i"}, types::int_value(9)),
        Predicate::compare(Op::kLt, {"i"}, types::int_value(12))});
    EXPECT_TRUE(kept(range));
    auto outside = Predicate::all_of({Predicate::compare(Op::kGe, {"i"}, types::int_value(3)),
        Predicate::compare(Op::kLt, {"i"}, types::int_value(5))});
    EXPECT_FALSE(kept(outside));
}

}  // namespace
}  // namespace hanok::delta
