package config

import (
	"github.com/wxdev/wxdev/pkg/finding"
	"github.com/wxdev/wxdev/pkg/finding/reason"
	"github.com/wxdev/wxdev/pkg/msgcrypt"
	"github.com/wxdev/wxdev/pkg/product"
)

// rules are those of the product, if one is named. The caller holds the lock.
func (c *Config) rules() (*product.Rules, error) {
	v, err := c.get(Product)
	if err != nil {
		return nil, err
	}
	r, _ := product.Lookup(product.Product(v.Text))
	return r, nil
}

// standard is the value of a setting that nothing gives. Mode and format depend
// on the product.
func (c *Config) standard(k Key) (Value, error) {
	if k == Mode || k == Format {
		r, err := c.rules()
		switch {
		case err != nil:
			return Value{}, err
		case r != nil && k == Mode:
			return Value{Text: string(r.Mode()), From: fromProduct}, nil
		case r != nil:
			return Value{Text: string(r.Format()), From: fromProduct}, nil
		}
	}
	if d := k.standard(); d != "" {
		return Value{Text: d, From: "default"}, nil
	}
	return Value{}, nil
}

// fromProduct is the From of a value that the product decides.
const fromProduct = "product"

// suitsProduct refuses a mode or a format that the product does not have.
func (c *Config) suitsProduct(k Key, text, place string) error {
	if k != Mode && k != Format {
		return nil
	}
	r, err := c.rules()
	if err != nil || r == nil {
		return err
	}
	why := r.LacksMode(msgcrypt.Mode(text))
	if k == Format {
		why = r.LacksFormat(msgcrypt.Format(text))
	}
	if why == nil {
		return nil
	}
	return at(place, finding.Because(reason.HintProductPage, "page", r.Page), why)
}
