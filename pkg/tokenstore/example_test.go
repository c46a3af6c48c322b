package tokenstore_test

import (
	"context"
	"fmt"
	"time"

	"github.com/wxdev/wxdev/pkg/tokenstore"
)

func ExampleKeeper_Get() {
	k := &tokenstore.Keeper{Store: &tokenstore.Memory{}}
	key := tokenstore.Key{Base: "https://api.weixin.qq.com", AppID: "wx0123456789abcdef", Kind: "stable_token"}
	fetch := func(context.Context, tokenstore.Token) (tokenstore.Token, error) {
		fmt.Println("one call")
		now := time.Now()
		return tokenstore.Token{Value: "66_abc", Fetched: now, Expires: now.Add(2 * time.Hour)}, nil
	}
	for range 3 {
		t, err := k.Get(context.Background(), key, tokenstore.Want{}, fetch)
		fmt.Println(t.Value, err)
	}
	// Output:
	// one call
	// 66_abc <nil>
	// 66_abc <nil>
	// 66_abc <nil>
}
