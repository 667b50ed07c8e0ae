#include "catalog/catalog.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"

namespace hanok::catalog {
namespace {

class CatalogTest : public testing::Test {
protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("hanok_catalog_" + std::to_string(getpid()));
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        reopen();
    }
    void TearDown() override {
        catalog_.reset();
        std::filesystem::remove_all(folder_);
    }
    void reopen() {
        catalog_.reset();
        catalog_ = Catalog::open((folder_ / "catalog.db").string(), "/warehouse", clock_);
    }
    static std::string condition(const std::function<void()>& f) {
        try {
            f();
        } catch (const Error& e) {
            return e.condition();
        }
        return "";
    }

    std::filesystem::path folder_;
    base::ManualClock clock_{1700000000000000};
    std::unique_ptr<Catalog> catalog_;
};

TEST_F(CatalogTest, starts_with_the_default_schema) {
    auto schema = catalog_->find_schema("SPARK_CATALOG", "Default");
    ASSERT_TRUE(schema);
    EXPECT_EQ(schema->location, "/warehouse");
}

TEST_F(CatalogTest, tables_survive_reopening) {
    catalog_->create_schema({.catalog = "spark_catalog", .name = "Sales"});
    TableInfo t;
    t.catalog = "spark_catalog";
    t.schema = "sales";
    t.name = "Orders";
    t.provider = "delta";
    t.location = "/warehouse/sales.db/orders";
    t.comment = "it's";
    t.properties = {{"k", "v'"}};
    t.columns = types::DataType::struct_({{"a", types::DataType::integer(), false, ""}});
    catalog_->create_table(t);
    reopen();
    auto found = catalog_->find_table("spark_catalog", "SALES", "ORDERS");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->comment, "it's");
    EXPECT_EQ(found->properties.at("k"), "v'");
    EXPECT_TRUE(found->columns->equals(*t.columns));
    EXPECT_EQ(found->created_ms, 1700000000000);
    EXPECT_EQ(condition([&] { catalog_->create_table(t); }), "TABLE_OR_VIEW_ALREADY_EXISTS");
    EXPECT_EQ(condition([&] { catalog_->drop_schema("spark_catalog", "sales", false); }),
        "SCHEMA_NOT_EMPTY");
    catalog_->drop_schema("spark_catalog", "sales", true);
    EXPECT_FALSE(catalog_->find_table("spark_catalog", "sales", "orders"));
}

TEST_F(CatalogTest, catalogs) {
    catalog_->create_catalog({.name = "Lake", .location = "/lake"});
    EXPECT_EQ(catalog_->find_schema("lake", "default")->location, "/lake/default");
    EXPECT_EQ(
        condition([&] { catalog_->create_catalog({.name = "lake"}); }), "CATALOG_ALREADY_EXISTS");
    catalog_->drop_catalog("lake", false);
    EXPECT_EQ(condition([&] { catalog_->drop_catalog("lake", false); }), "CATALOG_NOT_FOUND");
}

TEST_F(CatalogTest, renames_and_functions) {
    TableInfo t;
    t.catalog = "spark_catalog";
    t.schema = "default";
    t.name = "a";
    catalog_->create_table(t);
    auto made = *catalog_->find_table("spark_catalog", "default", "a");
    catalog_->rename_table(made, "default", "b");
    EXPECT_EQ(catalog_->find_table("spark_catalog", "default", "b")->id, made.id);
    EXPECT_FALSE(catalog_->find_table("spark_catalog", "default", "a"));
    catalog_->put_function(
        {.catalog = "spark_catalog", .schema = "default", .name = "f", .statement = "CREATE …"});
    EXPECT_EQ(catalog_->find_function("spark_catalog", "default", "F")->statement, "CREATE …");
    EXPECT_TRUE(catalog_->drop_function("spark_catalog", "default", "f"));
    EXPECT_FALSE(catalog_->drop_function("spark_catalog", "default", "f"));
}

// Names that do not fit into a std::string itself.
TEST_F(CatalogTest, long_names) {
    const std::string schema = "a_schema_of_more_than_sixteen_letters";
    const std::string name = "a_table_of_more_than_sixteen_letters";
    catalog_->create_schema({.catalog = "spark_catalog", .name = schema});
    TableInfo t;
    t.catalog = "spark_catalog";
    t.schema = schema;
    t.name = name;
    catalog_->create_table(t);
    EXPECT_TRUE(catalog_->drop_table("spark_catalog", schema, name));
    EXPECT_FALSE(catalog_->find_table("spark_catalog", schema, name));
    catalog_->put_function(
        {.catalog = "spark_catalog", .schema = schema, .name = name, .statement = "CREATE …"});
    EXPECT_TRUE(catalog_->find_function("spark_catalog", schema, name));
    EXPECT_TRUE(catalog_->drop_function("spark_catalog", schema, name));
    EXPECT_FALSE(catalog_->find_function("spark_catalog", schema, name));
}

}  // namespace
}  // namespace hanok::catalog
