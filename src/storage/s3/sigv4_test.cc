#include "storage/s3/sigv4.h"

#include <gtest/gtest.h>

namespace hanok::storage {
namespace {

// The examples of AWS's own documentation of signatures for S3.
const S3Credentials kKeys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};

SigningInput example() {
    SigningInput input;
    input.method = "GET";
    input.host = "examplebucket.s3.amazonaws.com";
    input.encoded_path = "/";
    input.payload_sha256 = sha256_hex("");
    input.timestamp = "20130524T000000Z";
    input.region = "us-east-1";
    return input;
}

std::string signature(const SigningInput& input) {
    std::string text = sign_s3(input, kKeys).back().second;
    return text.substr(text.rfind('=') + 1);
}

TEST(SigV4Test, get_with_a_range) {
    auto input = example();
    input.encoded_path = "/test.txt";
    input.headers = {{"range", "bytes=0-9"}};
    EXPECT_EQ(sign_s3(input, kKeys).back().second,
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(SigV4Test, put_with_a_body) {
    auto input = example();
    input.method = "PUT";
    input.encoded_path = percent_encode("/test$file.text", true);
    input.headers = {
        {"date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
    input.payload_sha256 = sha256_hex("Welcome to Amazon S3.");
    EXPECT_EQ(signature(input), "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(SigV4Test, queries) {
    auto input = example();
    input.query = {{"lifecycle", ""}};
    EXPECT_EQ(signature(input), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    input.query = {{"prefix", "J"}, {"max-keys", "2"}};
    EXPECT_EQ(signature(input), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(SigV4Test, session_tokens_are_signed_and_no_key_means_no_signature) {
    auto with_token = sign_s3(example(), {"key", "secret", "token"});
    EXPECT_EQ(with_token[2].first, "x-amz-security-token");
    EXPECT_NE(with_token.back().second.find("x-amz-security-token"), std::string::npos);
    EXPECT_EQ(sign_s3(example(), {}).size(), 2u);
}

TEST(SigV4Test, encodings) {
    EXPECT_EQ(percent_encode("a b/ü%~*", true), "a%20b/%C3%BC%25~%2A");
    EXPECT_EQ(percent_encode("a/b", false), "a%2Fb");
    EXPECT_EQ(canonical_query({{"b", ""}, {"a", "x y"}}), "a=x%20y&b=");
    EXPECT_EQ(amz_timestamp(1369353600), "20130524T000000Z");
    EXPECT_EQ(md5_base64("hello"), "XUFAKrxLKna5cZ2REBfFkg==");
}

}  // namespace
}  // namespace hanok::storage
