#include "avro/container.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace hanok::avro {
namespace {

const char* kSchema = R"({"type":"record","name":"R","fields":[
    {"name":"i","type":"long"},{"name":"s","type":["null","string"]},
    {"name":"l","type":{"type":"array","items":"int"}},
    {"name":"m","type":{"type":"map","values":"double"}},
    {"name":"b","type":"boolean"},{"name":"f","type":"float"}]})";

Datum row(int64_t i) {
    Datum::List list{Datum(i), Datum(-i)};
    Datum::List map{Datum(std::string("k")), Datum(0.5)};
    Datum text = i % 3 == 0 ? Datum() : Datum(std::string(static_cast<size_t>(i & 31), 'x'));
    return Datum(
        Datum::List{Datum(i), text, Datum(list), Datum(map), Datum(i % 2 == 0), Datum(1.5)});
}

std::string file_of(Codec codec, int64_t rows) {
    auto schema = parse_schema(kSchema);
    ContainerWriter writer(schema_json(*schema), codec, {{"a", "b"}}, std::string(16, 's'));
    std::string out;
    for (int64_t i = 0; i < rows; i++) {
        writer.add(*schema, row(i * 1000003 - 77));
        out += writer.take();
    }
    return out + writer.finish();
}

class AllCodecs : public testing::TestWithParam<const char*> {};

TEST_P(AllCodecs, RowsComeBack) {
    for (int64_t rows : {0, 1, 5000}) {
        std::string file = file_of(codec_of(GetParam()), rows);
        ContainerHeader header;
        auto read = read_rows(file, &header);
        ASSERT_EQ(read.size(), static_cast<size_t>(rows));
        for (int64_t i = 0; i < rows; i++)
            ASSERT_EQ(read[static_cast<size_t>(i)], row(i * 1000003 - 77)) << i;
        EXPECT_EQ(header.metadata.at("a"), "b");
    }
}

TEST_P(AllCodecs, CutAndFlippedFilesAreErrorsOrRows) {
    std::string file = file_of(codec_of(GetParam()), 300);
    auto survives = [](const std::string& data) {
        ContainerHeader header;
        try {
            read_rows(data, &header);
        } catch (const Error& e) {
            EXPECT_TRUE(e.condition().starts_with("AVRO_")) << e.what();
        }
    };
    for (size_t cut = 0; cut < file.size(); cut += 7) survives(file.substr(0, cut));
    for (size_t at = 0; at < file.size(); at += 11) {
        std::string flipped = file;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x55);
        survives(flipped);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Codecs, AllCodecs, testing::Values("null", "deflate", "snappy", "zstandard", "bzip2", "xz"));

TEST(AvroBinary, NumbersAsTheStandardHasThem) {
    std::string out;
    Encoder encoder(&out);
    for (int64_t value : {0, -1, 1, -64, 64}) encoder.put_long(value);
    EXPECT_EQ(out, std::string("\x00\x01\x02\x7F\x80\x01", 6));
    out.clear();
    for (int64_t value : {INT64_MIN, INT64_MAX}) encoder.put_long(value);
    Decoder decoder(out);
    EXPECT_EQ(decoder.take_long(), INT64_MIN);
    EXPECT_EQ(decoder.take_long(), INT64_MAX);
    EXPECT_TRUE(decoder.at_end());
    EXPECT_THROW(decoder.take_long(), Error);
}

}  // namespace
}  // namespace hanok::avro
